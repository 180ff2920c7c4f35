import type { Shell } from "../base/shell.ts";

/** A Debian package that the harness needs, and what for. */
export type NeededPackage = { name: string; why: string };

/** The one list of what `setup` installs and `doctor` looks for. */
export const NEEDED_PACKAGES: NeededPackage[] = [
  { name: "qemu-system-x86", why: "runs the host under test, and inside it the VM that is timed" },
  { name: "busybox-static", why: "user space of the host under test" },
  { name: "dropbear-bin", why: "SSH server of the host under test" },
  { name: "dracut-core", why: "dracut-install finds the libraries that programs in the initramfs need" },
  { name: "gcc", why: "compiles kernels" },
  { name: "libc6-dev", why: "headers for the kernel's host tools and the host's test programs" },
  { name: "make", why: "builds kernels" },
  { name: "flex", why: "the kernel's configuration tools" },
  { name: "bison", why: "the kernel's configuration tools" },
  { name: "bc", why: "the kernel computes time constants with it" },
  { name: "libelf-dev", why: "the kernel's objtool reads objects with it" },
  { name: "perl", why: "the kernel's build and style scripts" },
  { name: "python3", why: "the kernel's KUnit runner" },
  { name: "xz-utils", why: "unpacks kernel sources" },
  { name: "cpio", why: "the kernel's initramfs tools" },
  { name: "rsync", why: "the kernel's header installation" },
  { name: "kmod", why: "the kernel's module tools" },
  { name: "git", why: "applies and makes patches" },
  { name: "ccache", why: "the second kernel of a pair takes the objects of the first" },
  { name: "libnuma-dev", why: "the kernel's selftests of mm move pages between nodes (test:kernel --full)" },
  { name: "libcap-dev", why: "the kernel's selftests of mm drop capabilities (test:kernel --full)" },
  { name: "stress-ng", why: "memory stress that others wrote (test:kernel --full)" },
  { name: "sparse", why: "checks the series (patches check)" },
  { name: "chromium", why: "looks at report.html as a reader would (npm test)" },
  { name: "coccinelle", why: "checks the series with the kernel's semantic patches (patches check)" },
  { name: "git-email", why: "sends what patches export wrote; a dry run is tested (npm test)" },
  { name: "libmailtools-perl", why: "git send-email reads addresses with it (npm test)" },
  { name: "b4", why: "what patches export wrote must pass through it (npm test)" },
];

/** Those of the packages that dpkg does not have installed. */
export async function missingPackages($: Shell, packages: NeededPackage[] = NEEDED_PACKAGES): Promise<NeededPackage[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const query = ["-W", "-f", "${Package} ${db:Status-Status}\\n", ...packages.map(({ name }) => name)];
  // Exit code 1: dpkg has never heard of some of them.
  const { stdout } = await $({
    okExitCodes: [0, 1],
    remedy: "setup and doctor know Debian and its derivatives; elsewhere, install the packages' counterparts by hand.",
  }).ask`dpkg-query ${query}`;
  const installed = new Set(stdout.split("\n").flatMap((line) => /^(\S+) installed$/.exec(line)?.[1] ?? []));
  return packages.filter(({ name }) => !installed.has(name));
}
