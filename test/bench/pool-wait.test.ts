import { describe, expect, test } from "vitest";
import { waitForPool } from "../../harness/bench/pool-wait.ts";

const FREE_PAGES = 1_000_000;

/** A host that shows one reading a poll, and the last one for ever after. */
function hostThatShows(readings: { zeroed: number; cleared: number }[]) {
  let polls = 0;
  const exec = async () => {
    const { zeroed, cleared } = readings[Math.min(polls++, readings.length - 1)] as (typeof readings)[number];
    const counts = `nr_prezeroed ${zeroed}\nprezero_cleared ${cleared}\nprezero_hit 0\nprezero_miss 0\nprezero_wasted 0\nprezero_cpu_usecs 0`;
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
    const wait = await waitForPool(host, 0.99, clockOfPolls());
    expect(wait.seconds).toBe(0.5);
    expect(wait.counters.prezero?.zeroedPages).toBe(990_000);
  });

  test("goes on while the level falls but the worker clears: zeroed memory has merged with dirty memory", async () => {
    const falling = Array.from({ length: 20 }, (_, poll) => ({
      zeroed: 600_000 - poll * 20_000,
      cleared: 1_000_000 + poll * 10_000,
    }));
    const host = hostThatShows([...falling, { zeroed: FREE_PAGES, cleared: 2_000_000 }]);
    const levels: number[] = [];
    expect((await waitForPool(host, 0.99, clockOfPolls(), (level) => levels.push(level))).seconds).toBe(10);
    expect(levels.at(-1)).toBe(1);
  });

  test("goes on while the worker leaves memory to others, 27 seconds on a busy machine", async () => {
    const waiting = Array.from({ length: 54 }, () => ({ zeroed: 810_000, cleared: 810_000 }));
    const host = hostThatShows([...waiting, { zeroed: FREE_PAGES, cleared: FREE_PAGES }]);
    expect((await waitForPool(host, 0.99, clockOfPolls())).seconds).toBe(27);
  });

  test("ends 40 seconds after the worker has cleared the last of what it can", async () => {
    const host = hostThatShows([
      { zeroed: 300_000, cleared: 300_000 },
      { zeroed: 400_000, cleared: 400_000 },
    ]);
    const clock = clockOfPolls();
    const { seconds, curve } = await waitForPool(host, 0.99, clock);
    expect(clock.nowMs()).toBe(40_500);
    // What was waited for nothing is in the curve, not in the time that the pool took.
    expect(seconds).toBe(0.5);
    expect(curve.at(-1)).toEqual([40.5, 0.4]);
  });

  test("is not kept going by the little that the host itself frees", async () => {
    const trickle = Array.from({ length: 100 }, (_, poll) => ({ zeroed: 900_000, cleared: 900_000 + poll * 50 }));
    const clock = clockOfPolls();
    expect((await waitForPool(hostThatShows(trickle), 0.99, clock)).seconds).toBe(0);
    expect(clock.nowMs()).toBe(40_000);
  });
});

describe("the refill curve", () => {
  const rising = (polls: number) =>
    Array.from({ length: polls }, (_, poll) => {
      const zeroed = Math.round((FREE_PAGES * (poll + 1)) / polls);
      return { zeroed, cleared: zeroed };
    });

  test("is the level at each look, over the seconds waited", async () => {
    const { curve } = await waitForPool(hostThatShows(rising(4)), 0.99, clockOfPolls());
    expect(curve).toEqual([
      [0, 0.25],
      [0.5, 0.5],
      [1, 0.75],
      [1.5, 1],
    ]);
  });

  test("of a long wait is thinned to sixty points, from the first to the last", async () => {
    const { seconds, curve } = await waitForPool(hostThatShows(rising(1000)), 1, clockOfPolls());
    expect(seconds).toBe(499.5);
    expect(curve).toHaveLength(60);
    expect([curve[0], curve.at(-1)]).toEqual([
      [0, 0.001],
      [499.5, 1],
    ]);
    expect(curve).toEqual(curve.toSorted(([a], [b]) => a - b));
  });

  test("is never rounded up to full", async () => {
    const nearly = { zeroed: FREE_PAGES - 1, cleared: FREE_PAGES - 1 };
    const { curve } = await waitForPool(hostThatShows([nearly]), 0.99, clockOfPolls());
    expect(curve).toEqual([[0, 0.9999]]);
  });
});
