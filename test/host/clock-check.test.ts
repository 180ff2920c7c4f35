import { describe, expect, it } from "vitest";
import { TimeCheck } from "../../harness/host/clock-check.ts";

/** A host whose clock runs at that rate of this machine's. */
function host(rate: number) {
  let nowMs = 1_000;
  const exec = async () => {
    nowMs += 100;
    return { stdout: `${((nowMs * rate) / 1000).toFixed(2)} 1.00\n`, stderr: "", exitCode: 0 };
  };
  return { clock: new TimeCheck(exec, () => nowMs), pass: (ms: number) => (nowMs += ms) };
}

describe("comparing the host's clock with this machine's", () => {
  it("says nothing before the baseline is long enough", async () => {
    const { clock, pass } = host(2);
    expect(await clock.check()).toBeUndefined();
    pass(10_000);
    expect(await clock.check()).toBeUndefined();
  });

  it("is content with a clock that is right", async () => {
    const { clock, pass } = host(1.001);
    await clock.check();
    pass(60_000);
    expect(await clock.check()).toBeCloseTo(1.001, 3);
  });

  it.each([0.9, 1.05])("refuses times of a clock that runs at %f times the machine's", async (rate) => {
    const { clock, pass } = host(rate);
    await clock.check();
    pass(60_000);
    await expect(clock.check()).rejects.toMatchObject({ code: "CLOCK_WRONG" });
  });
});
