import { expect, test } from "vitest";
import { startWorker, workerTookPart } from "../../../harness/kernel-tests/public/worker.ts";

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
