import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ensureKernel } from "../../harness/kernel/build.ts";
import { debianBase, withoutModules } from "../../harness/kernel/debian-config.ts";
import { $ } from "../fakes/shell.ts";
import { FakeKernel } from "./fake-kernel.ts";

const VERSION = "6.12.117-1~deb12u1";
const CONFIG = `#
# Automatically generated file; DO NOT EDIT.
#
CONFIG_SMP=y
# CONFIG_PAGE_REPORTING is not set
CONFIG_VIRTIO_NET=m
CONFIG_ONLY_FOR_MODULES=y
`;

/** A machine whose apt has the package of configurations, and what it was asked for. */
class FakeDebian extends FakeKernel {
  readonly calls = join(this.root, "calls");

  constructor(member = "config.amd64_none_amd64.xz", offered = VERSION) {
    super();
    const tree = join(this.root, "deb");
    const files = join(tree, "usr/src/linux-config-6.12");
    mkdirSync(join(tree, "DEBIAN"), { recursive: true });
    mkdirSync(files, { recursive: true });
    const control = ["Package: linux-config-6.12", `Version: ${offered}`, "Architecture: amd64"];
    const rest = ["Maintainer: Devi Eloper <devi@example.org>", "Description: configurations in miniature", ""];
    writeFileSync(join(tree, "DEBIAN/control"), [...control, ...rest].join("\n"));
    writeFileSync(join(files, member), execFileSync("xz", { input: CONFIG }));
    execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", tree, join(this.root, `${offered}.deb`)]);
    this.stub("apt-cache", `echo "linux-config-6.12 | ${offered} | http://deb.debian.org/debian-security"`);
    this.stub(
      "apt-get",
      `for word; do last=$word; done
echo "$last" >> ${this.calls}
case "$*" in *update*) ;; *) cp "${this.root}/\${last#*=}.deb" ./linux-config-6.12_amd64.deb ;; esac`,
    );
  }

  debian(fragment = "CONFIG_PAGE_REPORTING=y\n") {
    const path = this.write("guest.config", fragment);
    return debianBase($, this.base, [path], (line) => void this.said.push(line));
  }
}

describe("Debian's own configuration", () => {
  test("is that of the source's version, and is downloaded once", async () => {
    using fake = new FakeDebian();
    const { configuration, name, source } = await fake.debian();
    expect({ name, source }).toEqual({ name: fake.base.name, source: fake.base.source });
    expect(configuration?.text).toContain("CONFIG_SMP=y\n");
    expect(await fake.debian()).toMatchObject({ configuration });
    expect(readFileSync(fake.calls, "utf8")).toBe(`linux-config-6.12=${VERSION}\n`);
  });

  test("lies below the fragments, which alone have to survive", async () => {
    using fake = new FakeDebian();
    const kernel = await ensureKernel($, { ...fake.request("base"), base: await fake.debian() });
    expect(kernel.fragments).toEqual(["config.amd64_none_amd64.xz", "guest.config"]);
    expect(readFileSync(kernel.configPath, "utf8")).toBe("CONFIG_SMP=y\nCONFIG_PAGE_REPORTING=y\n");
    const base = await fake.debian("CONFIG_NO_SUCH_THING=y\n");
    await expect(ensureKernel($, { ...fake.request("base"), base })).rejects.toMatchObject({
      code: "CONFIG_NOT_HONOURED",
      detail: expect.stringContaining("CONFIG_NO_SUCH_THING: guest.config asks for y"),
    });
  });

  test("makes another kernel than the base's own fragments do", async () => {
    using fake = new FakeDebian();
    const lean = await ensureKernel($, fake.request("base"));
    const debian = await ensureKernel($, { ...fake.request("base"), base: await fake.debian() });
    expect(debian.dir).not.toBe(lean.dir);
  });

  test("that the archive no longer has is an error, and no other version stands in", async () => {
    using fake = new FakeDebian(undefined, "6.12.120-1~deb12u1");
    await expect(fake.debian()).rejects.toMatchObject({ code: "APT_DOWNLOAD_FAILED" });
    expect(existsSync(join(fake.cache, "downloads/linux-config-6.12_6.12.117-1-deb12u1.deb"))).toBe(false);
  });

  test("that the package has not is an error that names the setting", async () => {
    using fake = new FakeDebian("config.arm64_none_arm64.xz");
    await expect(fake.debian()).rejects.toMatchObject({
      code: "DEBIAN_CONFIG",
      remedy: expect.stringContaining("debianFragments of base 6.12"),
    });
  });

  test("has no modules, and says so of each", () => {
    expect(withoutModules('CONFIG_A=m\nCONFIG_AM=y\nCONFIG_B="=m"\nCONFIG_C=m\n')).toBe(
      '# CONFIG_A is not set\nCONFIG_AM=y\nCONFIG_B="=m"\n# CONFIG_C is not set\n',
    );
  });
});
