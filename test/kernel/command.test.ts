import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { FakeKernel } from "./fake-kernel.ts";

/** The miniature kernel with every symbol that the shipped configuration names, for the command line as it is. */
function kernelWithAllSymbols(): FakeKernel {
  const fake = new FakeKernel();
  fake.addSymbolsOf("bench.config");
  return fake;
}

function buildKernel(...args: string[]) {
  return execa(process.execPath, [projectPath("harness/cli.ts"), "build-kernel", ...args], { reject: false });
}

/** Processes whose command line has that text in it. */
async function processesWith(text: string): Promise<string> {
  return (await execa("pgrep", ["-f", text], { reject: false })).stdout;
}

describe("build-kernel", () => {
  test("prints what it built as JSON on stdout, and its progress on stderr", async () => {
    using _fake = kernelWithAllSymbols();
    const { stdout, stderr, exitCode } = await buildKernel("--variant", "base", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { base: "6.12", variant: "base", fragments: ["bench.config"], cached: false },
    ]);
    expect(stderr).toContain("kernel 6.12 base");
  });

  test("started twice at once builds once", async () => {
    using _fake = kernelWithAllSymbols();
    const runs = await Promise.all([1, 2].map(() => buildKernel("--variant", "base", "--json")));
    const cached = runs.map(({ stdout }) => JSON.parse(stdout)[0].cached);
    expect(cached.sort()).toEqual([false, true]);
  });

  test("--dry-run prints the commands and makes nothing", async () => {
    using fake = kernelWithAllSymbols();
    rmSync(fake.cache, { recursive: true });
    const { stdout, exitCode } = await buildKernel("--variant", "base", "--debug", "--dry-run");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ && apt-get download 'linux-source-6\.12=\S+'$/m);
    expect(stdout).toMatch(/^# wanted\.config is \S+bench\.config \+ \S+debug\.config$/m);
    expect(stdout).toMatch(/ make O=build .* LOCALVERSION=-base-\w+ bzImage$/m);
  });

  test.each([
    [["--variant", "pretty"], "allowed: base, prezero, both"],
    // The kernel that never clears is for bench alone.
    [["--variant", "limit"], "allowed: base, prezero, both"],
    [["--kernel", "2.4"], "Allowed: 6.12"],
    [["--config", "nothing.config"], "Allowed: 7.3.config, before-6.2.config, bench.config"],
    [["--fast"], "unknown option '--fast'"],
  ])("%j is the caller's mistake, and what is allowed is named", async (args, named) => {
    using _fake = kernelWithAllSymbols();
    const { stderr, exitCode } = await buildKernel(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(named);
  });

  test("Ctrl-C ends it with exit code 130, leaves no process, and the next run goes on", async () => {
    using fake = kernelWithAllSymbols();
    const marker = join(fake.root, "compiling");
    fake.changeSource("mm/page_reporting.c", "void page", `#include "${marker}.h"\nvoid page`);
    fake.changeSource("Makefile", "@cd $(O)", `@test -e ${marker}.h || tail -f -n 1 ${marker} Makefile; cd $(O)`);
    fake.write("compiling", "");
    const run = buildKernel("--variant", "base");
    while ((await processesWith(`tail -f -n 1 ${marker}`)) === "") await sleep(50);
    run.kill("SIGINT");
    expect((await run).exitCode).toBe(130);
    await sleep(200);
    expect(await processesWith(`tail -f -n 1 ${marker}`)).toBe("");
    fake.write("compiling.h", "");
    expect((await buildKernel("--variant", "base")).exitCode).toBe(0);
  });
});
