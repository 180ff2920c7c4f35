import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { answerTo } from "./host-answers.ts";

export type FakeConsole = { print: (text: string) => void; golden: (name: string) => string };

/** Of some 50 bytes each: more than a small disk holds. */
const FLOOD_LINES = 120_000;

/**
 * SSH server in the place of the host's, with the host key that the initramfs carries.
 * @returns its port on 127.0.0.1
 */
export function startFakeHost(initrd: string, behaviour: string, console: FakeConsole): Promise<number> {
  let creations = 0;
  const server = new ssh2.Server({ hostKeys: [hostKeyOf(initrd)] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (context) => context.accept());
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        if (behaviour === "lost-ssh") return client.end();
        if (behaviour === "hang" || command.startsWith("sleep ")) return;
        if (behaviour === "oops") return console.print(console.golden("null-dereference.log"));
        if (command.includes("vmtime")) creations += 1;
        if (command.includes("vmtime") && behaviour === `hangs-at-creation-${creations}`) return;
        if (command.includes("vmtime") && behaviour === `floods-at-creation-${creations}`) {
          console.print("[    1.000000] a kernel that has a lot to say\n".repeat(FLOOD_LINES));
        }
        if (command.includes("vmtime") && behaviour === `panics-at-creation-${creations}`) {
          console.print(console.golden("panic-no-init.log"));
          setTimeout(() => process.exit(0), 50);
          return;
        }
        const { stdout, stderr = "", exitCode = 0 } = answerTo(command);
        channel.stderr.write(stderr);
        channel.write(stdout);
        channel.exit(exitCode);
        channel.end();
      });
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** The last archive of the initramfs holds the key; its content follows the header and the padded name. */
function hostKeyOf(initrd: string): string {
  const archive = readFileSync(initrd);
  const name = archive.lastIndexOf("etc/dropbear/host_key\0");
  const header = archive.subarray(name - 110, name).toString("latin1");
  const size = Number.parseInt(header.slice(54, 62), 16);
  const nameSize = Number.parseInt(header.slice(94, 102), 16);
  const start = name - 110 + Math.ceil((110 + nameSize) / 4) * 4;
  const directory = mkdtempSync(join(tmpdir(), "fake-host-"));
  try {
    writeFileSync(join(directory, "dropbear"), archive.subarray(start, start + size));
    const pem = join(directory, "openssh");
    execFileSync("dropbearconvert", ["dropbear", "openssh", join(directory, "dropbear"), pem], { stdio: "ignore" });
    return readFileSync(pem, "utf8");
  } finally {
    rmSync(directory, { recursive: true });
  }
}
