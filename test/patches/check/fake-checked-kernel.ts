import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type CheckOptions, checkSeries } from "../../../harness/patches/check/check.ts";
import type { CheckName, SeriesReport } from "../../../harness/patches/check/finding.ts";
import { verifySeries } from "../../../harness/patches/check/verified.ts";
import { $ } from "../../fakes/shell.ts";
import { FakeKernel } from "../fake-base.ts";

const MERGE_CONFIG = resolve(import.meta.dirname, "../../fakes/kernel-tree/scripts/kconfig/merge_config.sh");
/** The miniature's Kconfig knows one dependency, and only for the series' option. */
const HEED_64BIT = `
if [ "$ARCH" = i386 ] && grep -q 'depends on 64BIT' Kconfig; then
	sed -i 's/^CONFIG_PAGE_PREZERO=y/# CONFIG_PAGE_PREZERO is not set/' "$config"
fi
`;

/** What the miniature has to do in other configurations. */
const EXTREMES = `common: |
  CONFIG_HYPERV=y
builds:
  - {name: small, alone: true, eachPatch: true}
  - {name: large}
untouched:
  - {name: option off, mayChange: [mm/page_reporting.o]}
refused:
  - {name: 32 bit, arch: i386}
`;

/**
 * Builds whole directories with gcc, but for tests, which are included by what they test; and single objects with C=2 by
 * looking for a word that sparse would not like, in their tests, too.
 */
const MAKEFILE = `objects = $(patsubst %.c,$(O)/%.o,$(filter-out %_test.c,$(wildcard $(1)*.c)))
DIRECTORIES := mm/ drivers/virtio/
CHECKED := mm/page_alloc.o mm/page_reporting.o drivers/virtio/virtio_balloon.o
.PHONY: $(DIRECTORIES) FORCE
mm/: $(call objects,mm/)
drivers/virtio/: $(call objects,drivers/virtio/)
$(O)/config.h: FORCE
	@sed -n 's/^\\(CONFIG_.*\\)=y/#define \\1 1/p' $(O)/.config > $@.new
	@cmp -s $@ $@.new || cp $@.new $@
$(O)/%.o: %.c include/linux/page_reporting.h $(O)/config.h
	@mkdir -p $(@D)
	@echo '  CC      $*.o'
	@gcc $(if $(W),-Wall -Wextra) -DARCH_$(ARCH) -Iinclude -include $(O)/config.h -c -o $@ $<
$(CHECKED): %.o: FORCE
	@echo '  CHECK   ../$*.c'
	@grep -Hn CONTEXT $*.c $(wildcard $*_test.c) | sed 's|^\\(.*:[0-9]*\\):.*|../\\1:1: warning: context imbalance|'
`;

/** Objects to an added line with BAD_STYLE, as checkpatch --terse --showfile prints it. */
const CHECKPATCH = `#!/usr/bin/perl
my ($file, $bad);
die "no patch" unless -f $ARGV[-1];
open(my $patch, '<', $ARGV[-1]);
while (<$patch>) {
	$file = $1 if m{^\\+\\+\\+ b/(.*)$};
	next unless /^\\+.*BAD_STYLE/;
	print "$file:$.: WARNING:BAD_STYLE: this is not how it is written\\n";
	$bad = 1;
}
exit($bad ? 1 : 0);
`;

/** Objects to a comment with UNDESCRIBED. */
const KERNEL_DOC = `#!/bin/sh
shift
for file; do
	grep -n UNDESCRIBED "$file" | sed "s|^\\([0-9]*\\):.*|$file:\\1: warning: parameter not described|" >&2
done
`;

const FILES: Record<string, string> = {
  Makefile: MAKEFILE,
  Kconfig: "config PAGE_REPORTING\n\nconfig HYPERV\n\nconfig HYPERV_BALLOON\n\nconfig KUNIT\n",
  "scripts/checkpatch.pl": CHECKPATCH,
  "scripts/kernel-doc": KERNEL_DOC,
  "scripts/kconfig/merge_config.sh": `${readFileSync(MERGE_CONFIG, "utf8")}${HEED_64BIT}`,
  "include/linux/page_reporting.h": "int page_reporting(int order);\n",
  "mm/page_alloc.c": "/* UNDESCRIBED of old */\nint old(void) { int unused_of_old; return 0; }\n",
  "mm/page_reporting.c": "#include <linux/page_reporting.h>\nint page_reporting(int order) { return order; }\n",
  "drivers/virtio/virtio_balloon.c":
    "#include <linux/page_reporting.h>\nvoid balloon(void);\nvoid balloon(void) { page_reporting(1); }\n",
};

/** A kernel of three C files that really compiles, with tools that object to agreed words. */
export class CheckedKernel extends FakeKernel {
  readonly extremesFile = join(this.root, "extremes.yaml");

  constructor(more: Record<string, string> = {}) {
    super({ ...FILES, ...more });
    this.writeExtremes(EXTREMES);
  }

  writeExtremes(text: string): void {
    writeFileSync(this.extremesFile, text);
  }

  async check(fast = false, onTop: string[] = []): Promise<SeriesReport> {
    return checkSeries($, await this.#options(fast, onTop));
  }

  /** {@link check}, which is recorded when it is green. */
  async verify(fast = false, eachPatch = true): Promise<SeriesReport> {
    return verifySeries($, { ...(await this.#options(fast, [])), eachPatch });
  }

  async #options(fast: boolean, onTop: string[]): Promise<CheckOptions> {
    return {
      name: "0.1",
      base: await this.base(),
      sourceDir: this.source.dir,
      patchesDir: this.patchesDir,
      onTop,
      fragments: [],
      extremesFile: this.extremesFile,
      fast,
      eachPatch: true,
      say: () => {},
    };
  }
}

/** New findings of each extreme configuration, without line numbers. */
export function configurationFindings(report: SeriesReport): Record<string, string[]> {
  return Object.fromEntries(
    report.configurations.map(({ configuration, added, skipped }) => {
      const texts = added.map(({ file, text }) => `${file}: ${text}`);
      return [configuration, skipped === undefined ? texts : [`skipped: ${skipped}`]];
    }),
  );
}

/** New (+) and gone (-) findings of one check, per patch, without line numbers. */
export function findings(report: SeriesReport, check: CheckName): string[][] {
  return report.patches.map(({ checks }) => {
    const one = checks.find((result) => result.check === check);
    if (one === undefined) throw new Error(`no ${check}`);
    if (one.skipped !== undefined) return [`skipped: ${one.skipped}`];
    const text = (mark: string) => (finding: { file: string; text: string }) =>
      `${mark} ${finding.file}: ${finding.text}`;
    return [...one.added.map(text("+")), ...one.fixed.map(text("-"))];
  });
}
