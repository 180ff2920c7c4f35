import { describe, expect, test, vi } from "vitest";
import { extremeNames, readExtremes } from "../../../harness/patches/check/extremes.ts";
import { showReport } from "../../../harness/patches/check/report.ts";
import { CheckedKernel, configurationFindings } from "./fake-checked-kernel.ts";

/** Hundreds of git and make processes: seconds on an idle machine, more on a busy one. */
vi.setConfig({ testTimeout: 60_000 });

const OPTION = "config PAGE_PREZERO\n\tdepends on 64BIT\n\n";
const only = (symbol: string, code: string) => `#ifdef CONFIG_${symbol}\n${code}\n#endif\n`;

/** A series of the option, code that only the option compiles, and a second patch. */
async function check(option: string, code: string, second: string) {
  using kernel = new CheckedKernel();
  await kernel.start();
  kernel.change("Kconfig", "config HYPERV\n", `${option}config HYPERV\n`);
  kernel.change("mm/page_alloc.c", "int old", `${code}int old`);
  kernel.commit("mm: an option");
  kernel.change("mm/page_reporting.c", "return order", second);
  kernel.commit("mm: something else");
  await kernel.refresh();
  // Awaited here: the kernel ends with this function.
  return await kernel.check();
}

const CLEAN = only("PAGE_PREZERO", "int zero(void) { return 0; }");
const NOTHING = { "small, up to 0001-an-option.patch": [], small: [], large: [], "option off": [], "32 bit": [] };

describe("the extreme configurations", () => {
  test("a series that heeds them has nothing to answer for, although the source itself has", async () => {
    const report = await check(OPTION, CLEAN, "return order + 1");
    expect(configurationFindings(report), showReport(report)).toEqual(NOTHING);
  });

  test("what breaks in one of them is found there and nowhere else", async () => {
    const broken = only("PAGE_PREZERO", "#ifdef CONFIG_HYPERV\n#error missing\n#endif");
    const found = configurationFindings(await check(OPTION, broken, "return order + 1"));
    expect(found).toEqual({ ...NOTHING, large: [expect.stringMatching(/page_alloc\.c: error: .*missing/)] });
  });

  test("a patch that only the next one repairs is found", async () => {
    using kernel = new CheckedKernel();
    await kernel.start();
    kernel.change("Kconfig", "config HYPERV\n", `${OPTION}config HYPERV\n`);
    kernel.change("mm/page_alloc.c", "int old", `${only("PAGE_PREZERO", "#error missing")}int old`);
    kernel.commit("mm: an option");
    kernel.change("mm/page_alloc.c", "#error missing", "");
    kernel.commit("mm: something else");
    await kernel.refresh();
    const found = configurationFindings(await kernel.check());
    expect(found).toEqual({
      ...NOTHING,
      "small, up to 0001-an-option.patch": [expect.stringMatching(/error: .*missing/)],
    });
  });

  test("an object that changes with the option off is found, and what is allowed to change is not", async () => {
    const report = await check(OPTION, "int always(void);\nint always(void) { return 1; }\n", "return order + 1");
    expect(configurationFindings(report)).toEqual({
      ...NOTHING,
      "option off": [expect.stringMatching(/^mm\/page_alloc\.o: differs .*\.text/)],
    });
    expect(report.ok).toBe(false);
    expect(showReport(report)).toContain("+ option off: mm/page_alloc.o: differs");
  });

  test("what the compiler has to say where there is no option is found, and for the architecture that it is about", async () => {
    const unused = "#ifdef ARCH_i386\nstatic inline int two(void) { int unused_here; return 2; }\n#endif\n";
    const found = configurationFindings(await check(OPTION, unused, "return order + 1"));
    expect(found).toEqual({
      ...NOTHING,
      "32 bit": [expect.stringMatching(/^mm\/page_alloc\.c: warning: .*unused_here/)],
    });
  });

  test("an option that can be set where it must not is found", async () => {
    const found = configurationFindings(await check(OPTION.replace("64BIT", "MMU"), CLEAN, "return order + 1"));
    expect(found).toEqual({ ...NOTHING, "32 bit": ["Kconfig: CONFIG_PAGE_PREZERO can be set"] });
  });

  test("a series without the option is only compared", async () => {
    const found = configurationFindings(await check("", CLEAN, "return order + 1"));
    const missing = ["skipped: not there yet: CONFIG_PAGE_PREZERO"];
    expect(found).toEqual({ small: missing, large: missing, "option off": [], "32 bit": missing });
  });

  test("the project's own can be read, and each has a name of its own", async () => {
    const names = extremeNames(await readExtremes());
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(["no SMP", "no NUMA", "no compaction", "32 bit"]));
  });

  test("a file that is not Kconfig inside is the caller's mistake", async () => {
    using kernel = new CheckedKernel();
    kernel.writeExtremes("common: SMP=y\nbuilds: []\nuntouched: []\nrefused: []\n");
    await expect(readExtremes(kernel.extremesFile)).rejects.toMatchObject({ code: "FRAGMENT_INVALID", exitCode: 2 });
  });
});
