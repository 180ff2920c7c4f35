import { expect, test } from "vitest";
import { InstructionCheck } from "../../harness/host/clock-check.ts";

/** A host on which a million instructions take so long. */
function host(seconds: string) {
  const commands: string[] = [];
  const exec = async (command: string) => {
    commands.push(command);
    return { stdout: `${seconds}\n`, stderr: "", exitCode: 0 };
  };
  return { clock: new InstructionCheck(exec), commands };
}

test("a million instructions take a millisecond, and are asked for once", async () => {
  const { clock, commands } = host("0.001000412");
  await clock.check();
  await clock.check();
  expect(commands).toEqual(["icount 1000000 20"]);
});

test.each(["0.000450000", "0.002100000", ""])(
  "a clock that counts something else is refused (%s s)",
  async (seconds) => {
    await expect(host(seconds).clock.check()).rejects.toMatchObject({
      code: "CLOCK_WRONG",
      message: expect.stringMatching(/should count instructions/),
    });
  },
);
