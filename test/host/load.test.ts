import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Exec } from "../../harness/base/exec.ts";
import { Load } from "../../harness/host/load.ts";

/** A shell of this machine in the place of the host's. */
const here: Exec = (command) =>
  promisify(execFile)("sh", ["-c", command]).then(
    ({ stdout, stderr }) => ({ stdout, stderr, exitCode: 0 }),
    ({ stdout, stderr, code }) => ({ stdout, stderr, exitCode: code }),
  );
const processes = async (text: string) => (await here(`pgrep -f '${text}' | grep -vx $$ || true`)).stdout.trim();

describe("a load", { timeout: 20_000 }, () => {
  it("runs from its start to its end, with all that it has started", async () => {
    // Told apart from those of the same test elsewhere on this machine
    const own = process.pid;
    const load = await Load.start(here, `sleep 1001.${own} & sleep 1002.${own} & wait`);
    expect((await processes(`^sleep 100[12].${own}$`)).split("\n")).toHaveLength(2);
    await load.end();
    expect(await processes(`^sleep 100[12].${own}$`)).toBe("");
  });

  it("that cannot start is found out at once, with its own words", async () => {
    await expect(Load.start(here, "exec no-such-program-anywhere")).rejects.toMatchObject({
      code: "LOAD_DIED",
      exitCode: 1,
      detail: expect.stringContaining("no-such-program-anywhere"),
    });
  });

  it("that ends by itself makes the round invalid", async () => {
    const load = await Load.start(here, "sleep 1.5; echo out of work");
    await here("sleep 1.5");
    await expect(load.end()).rejects.toMatchObject({
      code: "LOAD_DIED",
      message: expect.stringContaining("the round is not valid"),
      detail: "out of work",
    });
  });
});
