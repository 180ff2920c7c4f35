import { join } from "node:path";
import ssh2 from "ssh2";
import type { Shell } from "../base/shell.ts";

/** Keys of one boot; both sides are new each time and end with it. */
export type BootKeys = {
  /** The harness's private key, OpenSSH PEM. */
  userPrivate: string;
  /** Its public key, one line for authorized_keys. */
  userPublic: string;
  /** The host's private key in dropbear's format. */
  hostPrivate: Buffer;
  /** The host's public key, base64. */
  hostPublic: string;
};

/** Makes the keys of one boot; the directory must be private. @throws InfrastructureError KEYGEN when dropbearkey fails */
export async function makeBootKeys($: Shell, directory: string): Promise<BootKeys> {
  const user = makeUserKeys();
  const path = join(directory, "host_key");
  const { stdout } = await $({
    code: "KEYGEN",
    remedy: "dropbearkey comes with the package dropbear-bin: npm run setup",
  })`dropbearkey -t ed25519 -f ${path}`;
  const hostPublic = /^ssh-ed25519 (\S+)/m.exec(stdout)?.[1] ?? "";
  return {
    userPrivate: user.private,
    userPublic: user.public,
    hostPrivate: await $.files.readBytes(path, ""),
    hostPublic,
  };
}

/** The harness's own pair. ssh2 1.17 writes about one key in 500 so that it cannot read it back; another one is made then. */
export function makeUserKeys(): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment: "prezero" });
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
