import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { UsageError } from "../base/errors.ts";
import type { BootKernel } from "./host.ts";

/** Offsets of the boot protocol (Documentation/arch/x86/boot.rst): magic, and where the version's text is. */
const MAGIC_OFFSET = 0x202;
const MAGIC = "HdrS";
const VERSION_OFFSET = 0x20e;
const VERSION_BASE = 0x200;

/**
 * Describes a kernel image that the build pipeline did not make; its configuration is not known.
 * @throws UsageError IMAGE_UNREADABLE, NOT_A_KERNEL
 */
export function kernelOfImage(path: string): BootKernel {
  const image = readImage(path);
  if (image.toString("latin1", MAGIC_OFFSET, MAGIC_OFFSET + 4) !== MAGIC) {
    throw new UsageError({
      code: "NOT_A_KERNEL",
      message: `${path} is not a bootable x86 kernel image`,
      remedy: "Give the bzImage of a build: arch/x86/boot/bzImage.",
    });
  }
  const start = VERSION_BASE + image.readUInt16LE(VERSION_OFFSET);
  const version = image.toString("latin1", start, image.indexOf(0, start));
  return {
    imagePath: path,
    release: version.split(" ")[0] ?? "unknown",
    imageSha256: createHash("sha256").update(image).digest("hex"),
    configSha256: "unknown",
    variant: "base",
  };
}

function readImage(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UsageError({
      code: "IMAGE_UNREADABLE",
      message: `The kernel image cannot be read: ${(cause as Error).message}`,
      remedy: "Check the path given with --image.",
      cause,
    });
  }
}
