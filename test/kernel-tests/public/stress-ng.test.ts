import { describe, expect, test } from "vitest";
import { judgeStressNg, stressNg } from "../../../harness/kernel-tests/public/stress-ng.ts";

const OPTIONS = "--vm 2 --vm-bytes 256M --vm-method all";
const GOOD = `stress-ng: info:  [85] setting to a 60 second run per stressor
stress-ng: info:  [85] dispatching hogs: 2 vm
stress-ng: metrc: [85] stressor       bogo ops real time  usr time  sys time   bogo ops/s     bogo ops/s
stress-ng: metrc: [85] vm                33513      3.01      0.59      0.35     11124.28       35544.70
stress-ng: info:  [85] successful run completed in 60.03s
`;
const status = (output: string, exitCode = 0) => judgeStressNg(OPTIONS, output, exitCode).status;

describe("a run of stress-ng", () => {
  test("passes when it worked and verified, and says how much it did", () => {
    expect(judgeStressNg(OPTIONS, GOOD, 0)).toMatchObject({ status: "passed", name: OPTIONS, found: "33513 rounds" });
  });

  test.each([
    ["a verification fails", GOOD.replace("info:  [85] dispatching", "fail:  [85] vm: detected 3 bit errors"), 0],
    ["it ends badly", GOOD, 2],
    ["it did nothing", GOOD.replace("33513", "0"), 0],
    ["the stressor was skipped", GOOD.replace(/^.*33513.*\n/m, ""), 0],
    ["it is not found", "sh: stress-ng: not found\n", 127],
  ])("fails when %s", (_, output, exitCode) => {
    expect(status(output, exitCode)).toBe("failed");
  });

  test("counts the stressor's own work, not that of one whose name begins alike", () => {
    expect(status(GOOD.replace("] vm  ", "] vm-rw  "))).toBe("failed");
  });

  test("is one for each kind, with verification on", async () => {
    const commands: string[] = [];
    const exec = async (command: string) => {
      commands.push(command);
      return { stdout: commands.length === 1 ? GOOD : "", stderr: "", exitCode: 0 };
    };
    const results = await stressNg(exec, [
      { options: OPTIONS, seconds: 60 },
      { options: "--brk 2", seconds: 15, withoutCapability: "sys_admin" },
    ]);
    expect(commands[0]).toContain(`stress-ng ${OPTIONS} --verify --metrics-brief --timeout 60s`);
    expect(commands[1]).toContain("; /usr/bin/setpriv --bounding-set -sys_admin stress-ng --brk 2");
    expect(results.map(({ status }) => status)).toEqual(["passed", "failed"]);
  });
});
