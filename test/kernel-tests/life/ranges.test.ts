import { describe, expect, test } from "vitest";
import { hugePool, takeAndGiveBack } from "../../../harness/kernel-tests/life/ranges.ts";
import { failedOf, fakeHost, LOOKED } from "./fake-host.ts";

type Answers = Parameters<typeof fakeHost>[0];

describe("a CMA area", () => {
  const failed = (count: number, refused: number, used: number) =>
    failedOf(
      takeAndGiveBack(
        fakeHost([
          [/\/count/, `${count}\n`],
          [/zerocheck/, `${LOOKED}${refused}\n`],
          [/\/used/, `${used}\n`],
        ]),
      ),
    );

  test("gives and takes back", async () => {
    expect(await failed(16_384, 1, 0)).toEqual([]);
  });

  test.each([
    ["is not there", 0, 0, 0, /^the area has all its pages: 0/],
    ["hardly ever gives", 16_384, 7, 0, /^ranges were allocated: 1 of 8/],
    ["keeps something", 16_384, 0, 12_288, /^nothing is in use in the end: 12288/],
  ])("fails when it %s", async (_, count, refused, used, name) => {
    expect(await failed(count, refused, used)).toEqual([expect.stringMatching(name)]);
  });
});

describe("a pool of huge pages", () => {
  const failed = (change: Answers) =>
    failedOf(
      hugePool(
        fakeHost([
          ...change,
          [/1048576kB/, `${"1\n".repeat(8)}0\n0\n`],
          [/zerocheck/, LOOKED],
          [/nr_hugepages/, "64\n"],
        ]),
      ),
    );

  test("keeps its size when two have changed it", async () => {
    expect(await failed([])).toEqual([]);
  });

  test.each([
    ["loses pages", [[/^cat .*2048kB/, "61\n"]], /^it has as many afterwards: 61/],
    [
      "gets a gigantic page only now and then",
      [[/1048576kB/, `${"1\n".repeat(7)}0\n0\n0\n`]],
      /^a gigantic page was allocated every time: 7 of 8/,
    ],
    ["does not give one back", [[/1048576kB/, `${"1\n".repeat(8)}1\n0\n`]], /^it was freed again/],
    ["keeps a reservation", [[/HugePages_Rsvd/, { exitCode: 1 }]], /^nothing is reserved/],
  ] as [string, Answers, RegExp][])("fails when it %s", async (_, change, name) => {
    expect(await failed(change)).toEqual([expect.stringMatching(name)]);
  });
});
