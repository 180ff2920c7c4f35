import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { compileStatic } from "../../harness/host/programs.ts";
import { $ } from "../fakes/shell.ts";

test.each(['quo"te', "apo's", "spa ce", "dol$lar", "back\\slash"])(
  "a checkout in %j compiles its programs",
  async (name) => {
    const root = mkdtempSync(join(tmpdir(), "programs-"));
    const directory = join(root, name);
    mkdirSync(directory);
    // One with assembler in it: the compiler tells the assembler which file each line of that is from.
    for (const file of ["icount.c", "measured.h"]) {
      copyFileSync(projectPath("harness/host/programs", file), join(directory, file));
    }
    try {
      const program = await compileStatic($, join(directory, "icount.c"), directory);
      expect((await $`${program} 1000 1`).stdout).toMatch(/^\d+\.\d+$/);
    } finally {
      rmSync(root, { recursive: true });
    }
  },
);
