import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkCoccinelle, parseReport, readCoccicheck } from "../../../harness/patches/check/coccicheck.ts";
import { commitSeries } from "../../../harness/patches/commit-series.ts";
import { readSeries } from "../../../harness/series/series.ts";
import { $ } from "../../fakes/shell.ts";
import { CheckedKernel } from "./fake-checked-kernel.ts";

vi.setConfig({ testTimeout: 60_000 });

/** A semantic patch of the stub: the word that it objects to. */
const SCRIPTS = {
  "scripts/coccinelle/misc/bad.cocci": "// Options: --include-headers\nvirtual report\nword BAD_WORD\n",
  "scripts/coccinelle/null/badzero.cocci": "virtual report\n@initialize:ocaml@\n@@\nword old\n",
  "scripts/coccinelle/api/rewrite.cocci": "virtual patch\nword BREAK\n",
};
/** Objects to the word of the script, with the lines that others are on. */
const SPATCH = `echo "$@" >> "$RUNS"
while [ "$1" != --cocci-file ]; do shift; done
word=$(sed -n 's/^word //p' "$2")
[ "$word" = BREAK ] && { echo 'Fatal error: exception' >&2; exit 255; }
for file; do
	case $file in *.[ch]) grep -n "$word" "$file" | sed "s|^\\([0-9]*\\):.*|$file:\\1:2-9: WARNING: as on line \\1|" ;; esac
done
exit 0`;

let kernel: CheckedKernel;
let path: string | undefined;
beforeEach(() => {
  path = process.env.PATH;
});
afterEach(() => {
  process.env.PATH = path;
  delete process.env.RUNS;
  kernel[Symbol.dispose]();
});

async function start(scripts: Record<string, string> = SCRIPTS): Promise<void> {
  kernel = new CheckedKernel(scripts);
  const bin = join(kernel.root, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "spatch"), `#!/bin/sh\n${SPATCH}\n`);
  chmodSync(join(bin, "spatch"), 0o755);
  process.env.PATH = `${bin}:${path}`;
  process.env.RUNS = join(kernel.root, "runs");
  await kernel.start();
}
const runs = () =>
  existsSync(join(kernel.root, "runs")) ? readFileSync(join(kernel.root, "runs"), "utf8").trim().split("\n") : [];

/** New findings of each patch. */
async function found(spatchVersion = "spatch version 1.1.1"): Promise<string[][]> {
  await kernel.refresh();
  const { gitDir, root } = await kernel.base();
  const series = await readSeries(kernel.patchesDir);
  const commits = await commitSeries($, gitDir, root, series.patches, "0.1");
  const check = await readCoccicheck(kernel.source.dir, spatchVersion, 2);
  const found = await checkCoccinelle($, check, gitDir, commits);
  return found.map((findings) => findings.map(({ file, text }) => `${file}: ${text}`));
}

describe("coccicheck", () => {
  test("each patch answers for what it brings, wherever that stands later", async () => {
    await start();
    kernel.change("mm/page_alloc.c", "return 0", "return BAD_WORD");
    kernel.commit("mm: a bad word");
    kernel.change("mm/page_alloc.c", "int old", "\n\n\nint old");
    kernel.commit("mm: further down");
    expect(await found()).toEqual([["mm/page_alloc.c: WARNING: as on line N (misc/bad.cocci)"], []]);
  });

  test("files that are clean are read once, and never again with the same tools", async () => {
    await start();
    kernel.change("mm/page_alloc.c", "return 0", "return 1");
    kernel.commit("mm: return one");
    expect(await found()).toEqual([[]]);
    expect(runs()).toEqual([
      expect.stringMatching(/-D report .*bad\.cocci --include-headers --no-includes mm\/page_alloc\.c$/),
    ]);
    expect(await found()).toEqual([[]]);
    expect(runs()).toHaveLength(1);
    await found("spatch version 1.3");
    expect(runs()).toHaveLength(2);
  });

  test("a file that many patches touch is read as the last one leaves it", async () => {
    await start();
    for (const value of [1, 2, 3]) {
      kernel.change("mm/page_alloc.c", `return ${value - 1}`, `return ${value}`);
      kernel.commit(`mm: return ${value}`);
    }
    expect(await found()).toEqual([[], [], []]);
    expect(runs()).toHaveLength(1);
  });

  test("a script that breaks is no clean file", async () => {
    await start({ "scripts/coccinelle/misc/bad.cocci": "virtual report\nword BREAK\n" });
    kernel.change("mm/page_alloc.c", "return 0", "return 1");
    kernel.commit("mm: return one");
    await expect(found()).rejects.toMatchObject({
      code: "COCCICHECK_FAILED",
      detail: expect.stringContaining("Fatal"),
    });
    await expect(found()).rejects.toMatchObject({ code: "COCCICHECK_FAILED" });
  });
});

test("of a report, the lines with a place count", () => {
  const report = "warning: line 3: should q be a metavariable?\n./mm/a.c:12:1-7: ERROR: double lock on line 7\n";
  expect(parseReport(report, "locks/double_lock.cocci")).toEqual([
    { file: "mm/a.c", line: 12, text: "ERROR: double lock on line N (locks/double_lock.cocci)" },
  ]);
});
