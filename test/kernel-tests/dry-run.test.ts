import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { COST_STAND_IN } from "../../harness/kernel-tests/cost.ts";
import { LOCK_HOLD_STAND_IN } from "../../harness/kernel-tests/lock-hold.ts";
import { chooseSteps, describeSteps, runSteps, type Step } from "../../harness/kernel-tests/step.ts";
import { kernelSteps } from "../../harness/kernel-tests/steps.ts";
import { announcedBy, comparable } from "../fakes/announced.ts";
import { $ } from "../fakes/shell.ts";
import { FakeKernel } from "../kernel/fake-kernel.ts";

vi.setConfig({ testTimeout: 120_000 });

/** A series without an option of its own: the miniature's configuration has those of the real kernels. */
const SERIES = `From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001
From: Devi Eloper <devi@example.org>
Date: Wed, 4 Mar 2026 05:06:07 +0100
Subject: [PATCH] mm: clear pages ahead of time

Because it saves time later.
---
diff --git a/mm/page_alloc.c b/mm/page_alloc.c
--- a/mm/page_alloc.c
+++ b/mm/page_alloc.c
@@ -4,3 +4,3 @@ void free_page(struct page *page)
 {
-	page->flags = 0;
+	page->flags = 1;
 }
-- 
2.39.5

`;

let fake: FakeKernel;
beforeEach(() => {
  fake = new FakeKernel();
  fake.addSymbolsOf("kunit.config", "prezero.config");
  fake.write("kernel-patches/0001-clear.patch", SERIES);
  fake.base.fragments = [];
  fake.stub("qemu-system-x86_64", `exec ${process.execPath} ${projectPath("test/fakes/qemu.ts")} "$@"`);
});
afterEach(() => fake[Symbol.dispose]());

const steps = (full: boolean, ...names: string[]): Step[] => {
  const places = { scratch: fake.root, logs: join(fake.root, "logs") };
  return chooseSteps(kernelSteps({ base: fake.base, accel: "tcg", ...places, say: () => {} }, full), names);
};

/** What a dry run of the steps prints, without what it tells of the cache. */
async function described(chosen: Step[]): Promise<string[]> {
  const printed: string[] = [];
  await describeSteps($, chosen, (line) => void printed.push(line));
  return comparable(printed.filter((line) => !/^# .* is in the cache: /.test(line)));
}

const ran = async (chosen: Step[]) =>
  comparable(
    await announcedBy(($) =>
      runSteps(
        $,
        chosen,
        () => {},
        () => {},
      ),
    ),
  );

test("a step whose commands are all known prints what a real run of it runs, below its heading", async () => {
  const chosen = steps(false, "kernels", "refusals");
  const before = readdirSync(fake.root, { recursive: true });
  const told = await described(chosen);
  expect(readdirSync(fake.root, { recursive: true })).toEqual(before);
  const headings = told.filter((line) => /^\d/.test(line));
  expect(headings).toEqual(chosen.map(({ name, about }, index) => `${index + 1}. ${name}: ${about}`));
  const commands = told.filter((line) => !headings.includes(line));
  expect(commands).toEqual(await ran(chosen));
  expect(commands.join("\n")).toMatch(/make O=build .*^qemu-system-x86_64 .*^# on the host: echo 1 > \S+enabled/ms);
});

test.each([
  ["cost when off", COST_STAND_IN, 12],
  ["lock hold", LOCK_HOLD_STAND_IN, 2],
])(
  "%s tells all its counted runs; a real one ends with the first whose answer cannot be read",
  async (name, answer, runs) => {
    fake.addSymbolsOf("kunit.config", "prezero.config", "trace.config");
    fake.stub("qemu-system-x86_64", `cat <<'ANSWER'\n${answer}\nANSWER`);
    const chosen = steps(true, name);
    const [, ...told] = await described(chosen);
    const boots = (lines: string[]) => lines.filter((line) => line.startsWith("qemu-system-x86_64 "));
    expect(boots(told)).toHaveLength(runs);
    expect(told).toEqual(await ran(chosen));
    fake.stub("qemu-system-x86_64", "echo 'Out of memory'");
    expect(boots(await ran(chosen))).toHaveLength(1);
  },
);

test("one that goes on with what it finds ends there, and says so; the next step is told all the same", async () => {
  const [kernels, pressure] = steps(true, "kernels", "life: memory pressure") as [Step, Step];
  const [heading, ...told] = await described([pressure, kernels]);
  expect(heading).toBe(`1. life: memory pressure: ${pressure.about}`);
  const end = told.indexOf("# what comes next depends on the memory that is available");
  expect(told[end - 1]).toMatch(/zoneinfo$/);
  expect(told[end + 1]).toBe(`2. kernels: ${kernels.about}`);
  const commands = told.slice(0, end);
  expect((await ran([pressure])).slice(0, end)).toEqual(commands);
});
