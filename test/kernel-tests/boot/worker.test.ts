import { expect, test } from "vitest";
import {
  fillPool,
  startWorker,
  verifierFoundNothing,
  workerTookPart,
} from "../../../harness/kernel-tests/boot/worker.ts";
import { fakeHost } from "../life/fake-host.ts";

const says =
  (stdout: string, stderr = "") =>
  async () => ({ stdout, stderr, exitCode: stderr === "" ? 0 : 1 });
const statuses = async (vmstat: string) => (await workerTookPart(says(vmstat))).map(({ status }) => status);

test("the worker is started when worker and verifier read back as on", async () => {
  expect((await startWorker(says("1\n1\n"))).status).toBe("passed");
  expect((await startWorker(says("1\n0\n"))).status).toBe("failed");
  const refused = await startWorker(says("", "sh: write error: Operation not supported"));
  expect(refused).toMatchObject({ status: "failed", log: ["sh: write error: Operation not supported"] });
});

test("it took part when pages came from the pool and none of them was bad", async () => {
  expect(await statuses("prezero_hit 30\nprezero_miss 10\nprezero_verify_failed 0\n")).toEqual(["passed", "passed"]);
});

test.each([
  ["no page came from the pool", "prezero_hit 0\nprezero_miss 10\nprezero_verify_failed 0\n", ["failed", "passed"]],
  ["a page was bad", "prezero_hit 30\nprezero_miss 10\nprezero_verify_failed 1\n", ["passed", "failed"]],
  ["the counters are not there", "nr_free_pages 1\n", ["failed", "failed"]],
])("it fails when %s", async (_, vmstat, expected) => {
  expect(await statuses(vmstat)).toEqual(expected);
});

test("a kernel without the counter does not pass", () => {
  expect(verifierFoundNothing("prezero_hit 5\n").status).toBe("failed");
});

test("the verifier is on before the worker, and a pool that fills is one", async () => {
  const host = fakeHost([[/nr_prezeroed/, "93\n"]]);
  expect((await fillPool(host)).status).toBe("passed");
  expect(host.commands[0]).toMatch(/^cd \S+ && echo 1 > .*verify.*echo 1 > enabled/s);
});

test.each([
  ["stays empty", [[/nr_prezeroed/, "12\n"]]],
  [
    "cannot be had",
    [
      [/verify/, { exitCode: 1, stderr: "Operation not supported" }],
      [/nr_prezeroed/, "93\n"],
    ],
  ],
  ["is unknown", [[/nr_prezeroed/, "sh: arithmetic error\n"]]],
] as [string, Parameters<typeof fakeHost>[0]][])("a pool that %s is none", async (_, answers) => {
  expect((await fillPool(fakeHost(answers))).status).toBe("failed");
});
