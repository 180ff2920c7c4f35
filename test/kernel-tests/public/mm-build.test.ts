import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureMmSelftests } from "../../../harness/kernel-tests/public/mm-build.ts";
import { $ } from "../../fakes/shell.ts";
import { FakeKernel } from "../../kernel/fake-kernel.ts";

const MM = "tools/testing/selftests/mm";
/** As the kernel's Makefile does: it writes beside itself, and takes headers, output and flags from the command line. */
const MAKEFILE = `$(shell echo "// none" > local_config.h)
$(OUTPUT)/%: %.c
	@gcc $(KHDR_INCLUDES) $(USERCFLAGS) $(USERLDFLAGS) -o $@ $<
`;
const PROGRAM = `#include <linux/answer.h>
#include <stdio.h>
int main(void) { printf("%d %d\\n", ANSWER, KSFT_SKIP); return 0; }
`;

/** The miniature kernel with headers to install and a selftest. */
function fakeSource(fake: FakeKernel, program: string) {
  const headers =
    "\nheaders:\n\t@mkdir -p $(O)/usr/include/linux && echo '#define ANSWER 42' > $(O)/usr/include/linux/answer.h\n";
  writeFileSync(join(fake.source, "Makefile"), headers);
  mkdirSync(join(fake.source, MM), { recursive: true });
  writeFileSync(join(fake.source, MM, "Makefile"), MAKEFILE);
  writeFileSync(join(fake.source, MM, "cow.c"), program);
  return { dir: fake.source, packageName: "linux-source-6.12", version: "6.12.117-1~deb12u1", pinned: true };
}

test("programs are built against the kernel's headers, once, and the pristine source stays as it is", async () => {
  using fake = new FakeKernel();
  const source = fakeSource(fake, PROGRAM);
  const said: string[] = [];
  const build = () => ensureMmSelftests($, source, ["cow"], (line) => void said.push(line));
  const [cow = ""] = await build();
  expect(execFileSync(cow, { encoding: "utf8" })).toBe("42 4\n");
  expect(readdirSync(join(source.dir, MM)).sort()).toEqual(["Makefile", "cow.c"]);
  const madeMs = statSync(cow).mtimeMs;
  expect(await build()).toEqual([cow]);
  expect(statSync(cow).mtimeMs).toBe(madeMs);
  expect(said).toHaveLength(1);
});

test("a program that does not compile is said so with the compiler's words, and leaves nothing in the cache", async () => {
  using fake = new FakeKernel();
  const source = fakeSource(fake, PROGRAM.replace("stdio.h", "numa.h.none"));
  await expect(ensureMmSelftests($, source, ["cow"], () => {})).rejects.toMatchObject({
    code: "MM_SELFTESTS_BUILD",
    detail: expect.stringContaining("numa.h.none"),
    remedy: expect.stringContaining("npm run setup"),
  });
  expect(existsSync(join(fake.cache, "selftests"))).toBe(false);
});
