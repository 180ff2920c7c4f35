import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunRecord, Settings } from "../../harness/run/record.ts";
import { SAMPLES_FILE, saveRun } from "../../harness/run/store.ts";
import { CommandLine } from "../cli/command-line.ts";
import { fakeRecord } from "../native/fake-record.ts";
import { fakeSamples } from "../native/fake-samples.ts";
import { syntheticRun, syntheticSamples } from "../report/synthetic-run.ts";

/** Writes a made-up run into the command line's own results directory. */
function keep(
  line: CommandLine,
  id: string,
  settings: Partial<Settings> = {},
  changes: Partial<RunRecord> = {},
): string {
  const run = { ...syntheticRun({ arms: ["base", "prezero"], ...settings }), id, ...changes };
  const directory = join(line.results, id);
  saveRun(directory, run);
  const lines = (run.boots.length === 0 ? [] : syntheticSamples(run)).map((sample) => `${JSON.stringify(sample)}\n`);
  writeFileSync(join(directory, SAMPLES_FILE), lines.join(""));
  return directory;
}

const EARLY = "2001-01-01T00-00-00-synthetic";
const LATE = "2002-01-01T00-00-00-synthetic";

test("without runs, the list says how to make one", async () => {
  using line = new CommandLine();
  const { exitCode, stdout } = await line.run("results");
  expect(stdout).toMatch(/There is no run in .* yet; make one with `npm run bench`\./);
  expect(exitCode).toBe(0);
});

test("list shows runs oldest first, and a damaged one with what is wrong", async () => {
  using line = new CommandLine();
  keep(line, LATE, {}, { state: "interrupted", finishedAt: null, boots: [] });
  keep(line, EARLY);
  mkdirSync(join(line.results, "2003-bad"));
  writeFileSync(join(line.results, "2003-bad", "run.json"), "{");
  line.env.COLUMNS = "92";
  const { stdout, exitCode } = await line.run("results");
  const rows = stdout.split("\n").filter((row) => row.startsWith("  200"));
  expect(rows[0]).toMatch(new RegExp(`^  ${EARLY} +1\\d\\.\\d  faster +vm-create +4G +on`));
  expect(rows[1]).toMatch(new RegExp(`^  ${LATE} +-  interrupted, 0/8 boots +vm-create +4G +-`));
  expect(rows[2]).toMatch(/^ {2}2003-bad +damaged$/);
  expect(stdout).toMatch(/A wider terminal shows: .*accel\./);
  expect(stdout.replaceAll(/\s+/g, " ")).toMatch(/damaged: \S+2003-bad\/run\.json is not valid/);
  expect(exitCode).toBe(0);
  const json = JSON.parse((await line.run("results", "list", "--json")).stdout);
  expect(json.map((run: { id: string; readable: boolean }) => [run.id, run.readable])).toEqual([
    [EARLY, true],
    [LATE, true],
    ["2003-bad", false],
  ]);
});

test("list, show and html know native runs too; compare and plan refuse them", async () => {
  using line = new CommandLine();
  keep(line, LATE);
  const record = fakeRecord({ id: "2001-06-01T00-00-00-native" });
  const directory = join(line.results, "native", record.id);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "run.json"), JSON.stringify(record));
  const lines = Array.from({ length: 9 }, (_, i) =>
    fakeSamples().map((sample) => ({ schemaVersion: 1, run: i + 1, takenAt: record.createdAt, sample })),
  ).flat();
  writeFileSync(join(directory, SAMPLES_FILE), lines.map((one) => `${JSON.stringify(one)}\n`).join(""));
  const { stdout } = await line.run("results");
  const rows = stdout.split("\n").filter((row) => row.startsWith("  200"));
  expect(rows[0]).toMatch(/^ {2}2001-06-01T00-00-00-native +3\.80 {2}faster +native/);
  expect(rows[1]).toContain(LATE);
  expect((await line.run("results", "show", "06-01")).stdout).toMatch(/^A zeroed 4K page: \d+ ns without the series/);
  expect((await line.run("results", "html", "06-01")).stdout).toContain("native/2001-06-01T00-00-00-native/table.md");
  for (const args of [
    ["plan", "06-01"],
    ["compare", "06-01", "latest"],
    ["show", "06-01", "--rfc"],
  ]) {
    expect((await line.run("results", ...args)).stderr).toContain("[RUN_NATIVE]");
  }
}, 60_000);

test("show latest --json prints the run and its effects, and nothing else", async () => {
  using line = new CommandLine();
  keep(line, EARLY, { thp: ["off"] });
  keep(line, LATE);
  const { stdout, stderr, exitCode } = await line.run("results", "show", "latest", "--json");
  const { run, effects } = JSON.parse(stdout);
  expect(run.id).toBe(LATE);
  expect(effects).toHaveLength(6);
  for (const effect of effects) {
    expect(effect).toMatchObject({
      scenario: "vm-create",
      thp: expect.stringMatching(/^(on|off)$/),
      memoryBytes: expect.any(Number),
      base: expect.any(Number),
      arm: expect.any(Number),
      armName: "prezero",
      low: expect.any(Number),
      high: expect.any(Number),
      boots: 4,
    });
    expect(effect.ratio).toBeCloseTo(effect.base / effect.arm, 12);
  }
  expect([stderr, exitCode]).toEqual(["", 0]);
});

test("show prints the table of a run, the answer first, named by itself, by a part of its name or by its path", async () => {
  using line = new CommandLine();
  const directory = keep(line, EARLY);
  keep(line, LATE);
  for (const name of [EARLY, "2001", directory]) {
    const { stdout } = await line.run("results", "show", name);
    expect(stdout).toMatch(new RegExp(`^4G VM, THP on: .* faster.*\\(emulated, not[^]*\nRun ${EARLY}\n`));
    expect(stdout).toMatch(/off +prezero +\d\.\d\d +\S+ to \S+ +faster /);
  }
}, 60_000);

test("show --rfc prints the table for a cover letter", async () => {
  using line = new CommandLine();
  keep(line, EARLY);
  const { stdout, exitCode } = await line.run("results", "show", "--rfc");
  expect(stdout).toMatch(/^Creating a VM \[4G RAM\] with an assigned device\n/);
  expect(stdout).toMatch(/^w\/ patches: +[\d.]+s/m);
  expect(exitCode).toBe(0);
});

test("a run that is not there is the caller's mistake, and the runs that are there are named", async () => {
  using line = new CommandLine();
  keep(line, EARLY);
  const { stderr, exitCode } = await line.run("results", "show", "2020-nothing");
  expect(stderr).toBe(
    `error: There is no run "2020-nothing" [RUN_UNKNOWN]\nremedy: Name one of: latest, ${EARLY}; a part of a name will do.\n`,
  );
  expect(exitCode).toBe(2);
});

test("a part of two names is refused, and both are named; what stands behind the time is a name", async () => {
  using line = new CommandLine();
  keep(line, EARLY);
  keep(line, LATE);
  keep(line, `${LATE}-again`);
  const { stderr, exitCode } = await line.run("results", "show", "01-01T");
  expect(stderr).toBe(
    `error: "01-01T" is part of the names of 3 runs [RUN_AMBIGUOUS]\nremedy: Name one of: ${EARLY}, ${LATE}, ${LATE}-again.\n`,
  );
  expect(exitCode).toBe(2);
  expect((await line.run("results", "show", "synthetic-again")).stdout).toContain(`Run ${LATE}-again\n`);
}, 60_000);

test("show --matters reads a run with another smallest difference", async () => {
  using line = new CommandLine();
  keep(line, EARLY, { arms: ["base", "prezero-disabled"], thp: ["on"], sweepBytes: [] });
  const verdictsAt = async (...args: string[]) => {
    const { stdout } = await line.run("results", "show", "--json", ...args);
    return JSON.parse(stdout).effects.map(({ verdict }: { verdict: string }) => verdict);
  };
  expect(await verdictsAt()).toEqual(["no difference shown"]);
  expect(await verdictsAt("--matters", "50%")).toEqual(["no difference that matters"]);
  const { stderr, exitCode } = await line.run("results", "show", "--matters", "much");
  expect(stderr).toContain("--matters much: allowed: a share such as 2%");
  expect(exitCode).toBe(2);
}, 60_000);

test("COLUMNS is the width where there is no terminal", async () => {
  using line = new CommandLine();
  keep(line, EARLY);
  line.env.COLUMNS = "60";
  const { stdout } = await line.run("results");
  expect(Math.max(...stdout.split("\n").map((text) => text.length))).toBeLessThanOrEqual(60);
  expect(stdout).toContain("A wider terminal shows: size,");
});

test.each([
  [["frobnicate"], /does not know "frobnicate".*\nremedy: Say list, show, compare, plan or html/],
  [["show", "--jsno"], /unknown option '--jsno'[\s\S]*allowed: --json/],
  [["compare", "latest"], /missing required argument 'B'/],
  [["show", "--rfc", "--json"], /option '--rfc' cannot be used with option '--json'/],
])("results %j is refused", async (args, message) => {
  using line = new CommandLine();
  const { stderr, exitCode } = await line.run("results", ...args);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

test("a damaged line is an error that names file and line", async () => {
  using line = new CommandLine();
  const directory = keep(line, EARLY);
  const path = join(directory, "samples.jsonl");
  const lines = readFileSync(path, "utf8").split("\n");
  lines[2] = (lines[2] as string).replace(/"seconds":[\d.]+/, '"seconds":"fast"');
  writeFileSync(path, lines.join("\n"));
  const { stdout, stderr, exitCode } = await line.run("results", "show");
  expect(stderr).toContain(`${path}:3 is not valid`);
  expect(stderr).toContain("seconds");
  expect([stdout, exitCode]).toEqual(["", 2]);
});

test.each([
  ["are gone", () => [], /boot 1 \(base\) has no sample/],
  ["lack a line", (lines: string[]) => lines.slice(0, -1), /boot 8 \(base\) lacks THP on, 1G, round 1/],
  ["have a line twice", (lines: string[]) => [...lines, lines[0] as string], /has THP off, 4G, round 1 twice/],
])(
  "samples of a finished run that %s are named as damage, whatever is asked of them",
  async (_, change, named) => {
    using line = new CommandLine();
    const path = join(keep(line, EARLY), SAMPLES_FILE);
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    writeFileSync(
      path,
      change(lines)
        .map((text) => `${text}\n`)
        .join(""),
    );
    for (const command of [["show"], ["show", "--rfc"], ["plan"], ["html"], ["compare", EARLY, EARLY]]) {
      const { stdout, stderr, exitCode } = await line.run("results", ...command);
      expect(stderr).toMatch(/do not match its run\.json \[RUN_DAMAGED\]/);
      expect(stderr).toMatch(named);
      expect([stdout, exitCode]).toEqual(["", 2]);
    }
  },
  60_000,
);

test("a file in the place of the results is told as one", async () => {
  using line = new CommandLine();
  writeFileSync(line.results, "");
  const { stderr, exitCode } = await line.run("results");
  expect(stderr).toMatch(/The results cannot be in .*: that is no directory.*\[PLACE_UNUSABLE\]/);
  expect(stderr).toContain("PREZERO_RESULTS=DIR");
  expect(exitCode).toBe(2);
});

test("a pipe by the name of a record is no run, and nobody waits for it", async () => {
  using line = new CommandLine();
  const directory = keep(line, EARLY);
  rmSync(join(directory, "run.json"));
  execFileSync("mkfifo", [join(directory, "run.json")]);
  const { stdout, exitCode } = await line.run("results");
  expect(stdout).toContain("There is no run in");
  expect(exitCode).toBe(0);
});

test("a last line cut off by a crash is tolerated and said", async () => {
  using line = new CommandLine();
  const directory = keep(line, EARLY);
  const whole = (await line.run("results", "show")).stdout;
  appendFileSync(join(directory, "samples.jsonl"), '{"schemaVersion":1,"takenAt":"2001-');
  const { stdout, exitCode } = await line.run("results", "show");
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(
    "The last line of samples.jsonl was cut off while it was written; it is left out.",
  );
  expect(stdout.slice(stdout.indexOf("Result:"))).toBe(whole.slice(whole.indexOf("Result:")));
  expect(exitCode).toBe(0);
});

test("html makes table.md and report.html again, byte for byte, from run.json and samples.jsonl", async () => {
  using line = new CommandLine();
  const directory = keep(line, EARLY);
  const files = ["table.md", "report.html"].map((name) => join(directory, name));
  const make = async (): Promise<string[]> => {
    expect((await line.run("results", "html")).exitCode).toBe(0);
    return files.map((file) => readFileSync(file, "utf8"));
  };
  const first = await make();
  for (const file of files) rmSync(file);
  expect(await make()).toEqual(first);
  expect(first[0]).toContain("| off | prezero |");
  expect(first[1]).toContain("<svg");
  // Two runs of the command line, each with all plots: a busy machine takes its time.
}, 60_000);

test("html leaves the old report alone when the samples are damaged", async () => {
  using line = new CommandLine();
  const directory = keep(line, EARLY);
  appendFileSync(join(directory, "samples.jsonl"), "garbage\n");
  expect((await line.run("results", "html")).exitCode).toBe(2);
  expect(existsSync(join(directory, "report.html"))).toBe(false);
});

test("compare sets two runs of one setting against each other, whatever their kernels", async () => {
  using line = new CommandLine();
  const before = keep(line, EARLY);
  const run = JSON.parse(readFileSync(join(before, "run.json"), "utf8"));
  const kernel = { ...run.kernels.prezero, imageSha256: "7".repeat(64), patchesSha256: "8".repeat(64) };
  keep(line, LATE, {}, { kernels: { ...run.kernels, prezero: kernel } });
  const { stdout, exitCode } = await line.run("results", "compare", EARLY, "latest");
  expect(stdout).toMatch(/The boots of two runs did not take turns/);
  // The same made-up times twice.
  expect(stdout).toMatch(/off +4G +prezero +1\.00 +0\.\d\d to 1\.\d\d +no difference shown /);
  expect(stdout).toContain("888888888888");
  expect(exitCode).toBe(0);
  const { a, b, effects } = JSON.parse((await line.run("results", "compare", EARLY, LATE, "--json")).stdout);
  expect([a.id, b.id, effects.length]).toEqual([EARLY, LATE, 12]);
});

test("plan prints how small a difference numbers of boots show, from the boots of a run", async () => {
  using line = new CommandLine();
  keep(line, EARLY, { thp: ["on"], sweepBytes: [] });
  const { stdout, exitCode } = await line.run("results", "plan");
  expect(stdout).toMatch(/THP +arm +4 +5 +6 +8 +10 +12 +16 +20 +boots for 2 %/);
  expect(stdout).toMatch(/on +prezero( +\d+(\.\d)?){8}/);
  expect(stdout).toContain("Shown in 80 of 100 simulated runs");
  expect(exitCode).toBe(0);
}, 60_000);

test("plan --json prints the same as JSON and nothing else", async () => {
  using line = new CommandLine();
  keep(line, EARLY, { thp: ["on"], sweepBytes: [] });
  const plans = JSON.parse((await line.run("results", "plan", EARLY, "--json")).stdout);
  expect(plans).toHaveLength(1);
  expect(plans[0]).toMatchObject({ armName: "prezero", thp: "on", pilotBoots: { base: 4, arm: 4 } });
}, 60_000);

test("plan refuses a run with too few boots to know their spread", async () => {
  using line = new CommandLine();
  keep(line, EARLY, { boots: 1 });
  const { stdout, stderr, exitCode } = await line.run("results", "plan", EARLY);
  expect(stderr).toMatch(/cannot plan a run: that takes two finished boots .*\[PILOT_TOO_SMALL\]\nremedy: .*--boots 2/);
  expect([stdout, exitCode]).toEqual(["", 2]);
});

test.each<[string, Partial<Settings>, Partial<RunRecord>, string]>([
  ["CPU model", { cpuModel: "max,-erms,-fsrm" }, {}, "cpuModel: max and max,-erms,-fsrm"],
  ["accelerator", { accelerator: "kvm" }, {}, "accelerator: tcg and kvm"],
  ["host size", { hostCpus: 8 }, {}, "hostCpus: 2 and 8"],
  ["pool", {}, { poolThreshold: 0.5 }, "poolThreshold: 0.99 and 0.5"],
])("compare refuses runs with another %s and names it", async (_, settings, changes, difference) => {
  using line = new CommandLine();
  keep(line, EARLY);
  keep(line, LATE, settings, changes);
  const { stdout, stderr, exitCode } = await line.run("results", "compare", EARLY, LATE);
  expect(stderr).toContain("[UNLIKE_RUNS]");
  expect(stderr).toContain(`| ${difference}\n`);
  expect([stdout, exitCode]).toEqual(["", 2]);
});

test("compare says so when two runs have nothing in common, or one has nothing at all", async () => {
  using line = new CommandLine();
  keep(line, EARLY, { thp: ["on"] });
  keep(line, LATE, { thp: ["off"] });
  expect((await line.run("results", "compare", EARLY, LATE)).stderr).toMatch(/NOTHING_IN_COMMON[\s\S]*THP on 4G/);
  keep(line, "2003-01-01T00-00-00-empty", {}, { boots: [], state: "interrupted", finishedAt: null });
  const { stderr } = await line.run("results", "compare", EARLY, "latest");
  expect(stderr).toContain("2003-01-01T00-00-00-empty has no finished boot to compare [RUN_EMPTY]");
});
