import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";

test.each(['one " alone', "a $dollar and it's"])(
  "programs are compiled in a checkout whose path has %s",
  async (name) => {
    const root = mkdtempSync(join(tmpdir(), "prezero-checkout-"));
    try {
      const checkout = join(root, name);
      cpSync(projectPath("harness"), join(checkout, "harness"), { recursive: true });
      symlinkSync(projectPath("node_modules"), join(checkout, "node_modules"));
      writeFileSync(
        join(checkout, "compile.mjs"),
        `import { createShell } from "./harness/base/shell.ts";
import { compileHostPrograms } from "./harness/host/programs.ts";
import { compileRom } from "./harness/nested/initramfs.ts";
const $ = createShell({ signal: new AbortController().signal, dry: false, announce() {} });
await compileHostPrograms($, process.argv[2], ["icount"]);
await compileRom($, process.argv[2]);
`,
      );
      const out = join(root, "out");
      mkdirSync(out);
      await execa(process.execPath, [join(checkout, "compile.mjs"), out]);
      expect(existsSync(join(out, "icount"))).toBe(true);
      expect(existsSync(join(out, "reporter.rom"))).toBe(true);
    } finally {
      rmSync(root, { recursive: true });
    }
  },
);
