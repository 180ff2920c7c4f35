import { HarnessError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { type Check, type Finding, fail } from "./finding.ts";
import { checkDisk, checkNode, checkPackages, checkProcessors } from "./machine.ts";
import { checkHugePages, checkMemlock, checkMemory } from "./memory.ts";
import { checkQemu } from "./qemu.ts";
import { checkIommu, checkKvm, checkNested } from "./virtualisation.ts";

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
      if (!(error instanceof HarnessError)) throw error;
      findings.push(fail(name, error.message, error.remedy));
    }
  }
  return findings;
}
