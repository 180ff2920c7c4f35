import { diskFault, TEMPORARY } from "../base/disk-fault.ts";
import { HarnessError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { type Check, type Finding, fail } from "./finding.ts";
import {
  checkDisk,
  checkHugePages,
  checkMemlock,
  checkMemory,
  checkNode,
  checkPackages,
  checkProcessors,
} from "./machine.ts";
import { checkIommu, checkKvm, checkNested, checkQemu } from "./virtualisation.ts";

/** In this order. */
const checksOf = ($: Shell): [name: string, check: Check][] => [
  ["node", (root) => checkNode(root)],
  ["packages", () => checkPackages($)],
  ["QEMU", () => checkQemu($)],
  ["KVM", () => checkKvm($)],
  ["nested", checkNested],
  ["IOMMU", checkIommu],
  ["processors", (root) => checkProcessors(root)],
  ["memory", checkMemory],
  ["huge pages", checkHugePages],
  ["memlock", checkMemlock],
  ["disk", checkDisk],
];

/**
 * Looks at everything, one after the other, so that the probe of KVM is not disturbed. A check that cannot be made is
 * a finding too.
 */
export async function examine($: Shell, root = "/", checks = checksOf($)): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, check] of checks) {
    try {
      findings.push(await check(root));
    } catch (error) {
      findings.push(unexamined(name, error));
    }
  }
  return findings;
}

/** What the machine does not let us look at is a finding; a mistake of ours is none. */
function unexamined(name: string, error: unknown): Finding {
  const told = error instanceof HarnessError ? error : diskFault(error, TEMPORARY);
  if (told !== undefined) return fail(name, told.message, told.remedy);
  throw error;
}

/**
 * What all findings together mean.
 * @returns a sentence that ends the list
 */
export function readiness(findings: readonly Finding[]): string {
  const failed = findings.filter(({ status }) => status === "FAIL").map(({ name }) => name);
  if (failed.length > 0) return `not ready: see ${failed.join(", ")}`;
  const hardware = ["KVM", "nested"].every((name) =>
    findings.some((finding) => finding.name === name && finding.status === "PASS"),
  );
  return `ready for emulated runs; ${hardware ? "ready for hardware times, too" : "not for hardware times"}`;
}
