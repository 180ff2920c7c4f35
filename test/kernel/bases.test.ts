import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { allBases, findBase } from "../../harness/kernel/bases.ts";
import { readFragment } from "../../harness/kernel/fragment.ts";

const GOOD = `default: "6.12"
bases:
  "6.12":
    source:
      package: linux-source-6.12
      suite: bookworm-security
      archive: http://deb.debian.org/debian-security
      version: 6.12.117-1~deb12u1
    patches: kernel-patches
    fragments: [bench.config]
`;

describe("configs/kernels.yaml", () => {
  let file = "";
  beforeEach(() => {
    file = join(mkdtempSync(join(tmpdir(), "prezero-bases-test-")), "kernels.yaml");
  });
  afterEach(() => rmSync(join(file, ".."), { recursive: true }));

  async function refused(text: string, name?: string) {
    writeFileSync(file, text);
    return findBase(name, file).then(
      () => expect.fail("it should have been refused"),
      (error) => error,
    );
  }

  test("as shipped names a default, and only fragments that are there", async () => {
    expect((await findBase()).name).toBe("6.12");
    const bases = await allBases();
    expect(bases.map(({ name }) => name)).toEqual(["6.12", "5.10", "6.1", "7.3"]);
    const names = bases.flatMap(({ umlFragments = [], checkFragments = [], richFragments = [], ...base }) =>
      [base.fragments, umlFragments, checkFragments, richFragments, base.debianFragments ?? []].flat(),
    );
    for (const name of new Set(names)) expect((await readFragment(name)).wanted.size, name).toBeGreaterThan(0);
  });

  test("knows a base by its name", async () => {
    writeFileSync(file, GOOD);
    expect(await findBase("6.12", file)).toMatchObject({ name: "6.12", source: { version: "6.12.117-1~deb12u1" } });
  });

  test("answers an unknown base with those there are", async () => {
    const error = await refused(GOOD, "9.9");
    expect(error).toMatchObject({ code: "KERNEL_UNKNOWN", exitCode: 2 });
    expect(error.remedy).toContain("Allowed: 6.12");
  });

  test("takes no name from the language's own objects", async () => {
    expect(await refused(GOOD, "constructor")).toMatchObject({ code: "KERNEL_UNKNOWN" });
  });

  test("malformed YAML is answered with file, line and column", async () => {
    const error = await refused(GOOD.replace("[bench.config]", "[bench.config"));
    expect(error).toMatchObject({ code: "YAML_MALFORMED", exitCode: 2 });
    expect(error.message).toMatch(/kernels\.yaml:1[01]:\d+ is not valid YAML/);
  });

  test.each([
    ["a missing key", "      suite: bookworm-security\n", "", "bases.6.12.source.suite"],
    ["an unknown key", "    patches:", "    patch:", '"patch"'],
    ["a package that is no kernel source", "linux-source-6.12\n", "bash\n", "allowed: linux-source-X.Y"],
    ["an archive that is no URL", "http://deb.debian.org/debian-security", "debian", "http or https URL"],
    ["a fragment elsewhere", "[bench.config]", "[../x.config]", "configs/kconfig"],
    ["a default that is no base", 'default: "6.12"', 'default: "7.3"', "one of the keys of bases"],
  ])("%s is answered with file and key, and what is allowed", async (_what, from, to, named) => {
    const error = await refused(GOOD.replace(from, to));
    expect(error).toMatchObject({ code: "CONFIG_INVALID", exitCode: 2 });
    expect(error.message).toContain(file);
    expect(`${error.message}\n${error.detail}`).toContain(named);
  });

  test("a file that is not there is the caller's mistake", async () => {
    await expect(findBase("6.12", "/nonexistent/kernels.yaml")).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });
});

describe("a configuration fragment", () => {
  test("that is not there is answered with those there are", async () => {
    const error = await readFragment("nothing.config").catch((caught) => caught);
    expect(error).toMatchObject({ code: "FRAGMENT_UNKNOWN", exitCode: 2 });
    expect(error.remedy).toMatch(/bench\.config.*debug\.config/);
  });

  test("with a line that is no configuration is answered with file and line", async () => {
    const dir = mkdtempSync(join(tmpdir(), "prezero-fragment-test-"));
    writeFileSync(join(dir, "bad.config"), "# fine\nCONFIG_SMP=y\nSMP=y\n");
    await expect(readFragment(join(dir, "bad.config"))).rejects.toMatchObject({
      code: "FRAGMENT_INVALID",
      message: expect.stringContaining("bad.config:3"),
    });
    rmSync(dir, { recursive: true });
  });
});
