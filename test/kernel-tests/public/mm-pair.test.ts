import { expect, test } from "vitest";
import type { ExecAnswer } from "../../../harness/base/exec.ts";
import { prepareForMm, runMm } from "../../../harness/kernel-tests/public/mm-pair.ts";
import { MM_RUNS, mmPrograms } from "../../../harness/kernel-tests/public/mm-programs.ts";

const answer = (stdout: string, exitCode = 0): ExecAnswer => ({ stdout, stderr: "", exitCode });

test("each program runs once with its deadline, after its setup, and what one does keeps no other from running", async () => {
  const commands: string[] = [];
  const exec = async (command: string) => {
    commands.push(command);
    return command.includes("uffd") ? answer("killed", 137) : answer("TAP version 13\n1..1\nok 1 write\n");
  };
  const told: string[] = [];
  const runs = [
    { command: "uffd-stress anon 20 16", seconds: 240 },
    { command: "cow", seconds: 60, setup: "echo 128 > /proc/sys/vm/nr_hugepages" },
  ];
  const outcomes = await runMm(exec, runs, ({ name, status }) => void told.push(`${status} ${name}`));
  expect(commands).toEqual([
    expect.stringContaining("timeout -s KILL 240 uffd-stress anon 20 16 >"),
    "echo 128 > /proc/sys/vm/nr_hugepages",
    expect.stringContaining("timeout -s KILL 60 cow >"),
  ]);
  expect(told).toEqual(["failed uffd-stress anon 20 16", "passed cow"]);
  expect(outcomes[1]?.cases).toMatchObject([{ name: "write", status: "passed" }]);
});

test("a kernel that dies under one ends all", async () => {
  const exec = () => Promise.reject(new Error("the kernel panicked"));
  await expect(runMm(exec, MM_RUNS, () => {})).rejects.toThrow("panicked");
});

test("a host that cannot be prepared is said so, with its words", async () => {
  const exec = async () => ({ stdout: "", stderr: "mkswap: not found", exitCode: 127 });
  await expect(prepareForMm(exec)).rejects.toMatchObject({ code: "MM_SELFTESTS_PREPARE", detail: "mkswap: not found" });
});

test("runs are told apart by their command, and every program is built once", () => {
  const commands = MM_RUNS.map(({ command }) => command);
  expect(new Set(commands).size).toBe(commands.length);
  const programs = mmPrograms();
  expect(new Set(programs).size).toBe(programs.length);
  expect(programs).toEqual(expect.arrayContaining(["cow", "ksm_tests", "khugepaged"]));
});
