import { describe, expect, test } from "vitest";
import { waitForPool } from "../../harness/bench/pool-wait.ts";

const FREE_PAGES = 1_000_000;

/** A host that shows one reading a poll, and the last one for ever after. */
function hostThatShows(readings: { zeroed: number; cleared: number }[]) {
  let polls = 0;
  const exec = async () => {
    const { zeroed, cleared } = readings[Math.min(polls++, readings.length - 1)] as (typeof readings)[number];
    const counts = `nr_prezeroed ${zeroed}\nprezero_cleared ${cleared}\nprezero_hit 0\nprezero_miss 0\nprezero_cpu_usecs 0`;
    const stdout = `uptime 10 10\ncpu0 1 0 1 800 0 0 0 0 0 0\nnr_free_pages ${FREE_PAGES}\n${counts}\n`;
    return { exitCode: 0, stdout, stderr: "" };
  };
  return { exec };
}

function clockOfPolls() {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
}

describe("the wait for the zero pool", () => {
  test("is over as soon as the level is reached", async () => {
    const host = hostThatShows([
      { zeroed: 500_000, cleared: 500_000 },
      { zeroed: 990_000, cleared: 990_000 },
    ]);
    expect(await waitForPool(host, 0.99, clockOfPolls())).toBe(0.5);
  });

  test("goes on while the level falls but the worker clears: zeroed memory has merged with dirty memory", async () => {
    const falling = Array.from({ length: 20 }, (_, poll) => ({
      zeroed: 600_000 - poll * 20_000,
      cleared: 1_000_000 + poll * 10_000,
    }));
    const host = hostThatShows([...falling, { zeroed: FREE_PAGES, cleared: 2_000_000 }]);
    const levels: number[] = [];
    expect(await waitForPool(host, 0.99, clockOfPolls(), (level) => levels.push(level))).toBe(10);
    expect(levels.at(-1)).toBe(1);
  });

  test("ends four seconds after the worker has cleared the last of what it can", async () => {
    const host = hostThatShows([{ zeroed: 300_000, cleared: 300_000 }]);
    expect(await waitForPool(host, 0.99, clockOfPolls())).toBe(4);
  });

  test("is not kept going by the little that the host itself frees", async () => {
    const trickle = Array.from({ length: 100 }, (_, poll) => ({ zeroed: 900_000, cleared: 900_000 + poll * 50 }));
    expect(await waitForPool(hostThatShows(trickle), 0.99, clockOfPolls())).toBe(4);
  });
});
