import { expect, test } from "vitest";
import { openHost } from "../harness/hosts.ts";
import { $ } from "./fakes/shell.ts";

test("the nested host is opened by its name", async () => {
  await using host = await openHost($, "nested");
  expect(host).toHaveProperty("boot");
});

test.each(["ssh://root@server", "toString", ""])(
  "a host %j that there is not is refused, those that are named",
  async (name) => {
    await expect(openHost($, name)).rejects.toMatchObject({
      code: "HOST_UNKNOWN",
      exitCode: 2,
      message: `There is no host "${name}"`,
      remedy: "Allowed for --host: nested.",
    });
  },
);
