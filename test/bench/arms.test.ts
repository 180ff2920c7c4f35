import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { dryRun } from "../../harness/base/shell.ts";
import { armOf } from "../../harness/bench/arms.ts";
import { hostBoots } from "../../harness/bench/boot.ts";
import { VERIFY } from "../../harness/host/controls.ts";
import { openHost } from "../../harness/hosts.ts";
import { findBase } from "../../harness/kernel/bases.ts";
import type { BuiltKernel } from "../../harness/kernel/built-kernel.ts";
import { patchesOf } from "../../harness/kernel/variant.ts";
import { type ArmName, armKinds } from "../../harness/run/arm-name.ts";
import { $ } from "../fakes/shell.ts";
import { resolve } from "./resolve.ts";

const argsOf = async (name: ArmName) => {
  const kernel = { imagePath: "bzImage", release: "6.12.0", imageSha256: "", configSha256: "" } as BuiltKernel;
  const settings = await resolve("vm-create");
  const lines = await dryRun($, async ($) => {
    await using host = await openHost($, "nested");
    await using _booted = await hostBoots(
      $,
      host,
      { [name]: kernel },
      null,
    )({
      ...{ arm: armOf(name), settings, consoleLog: "console.log" },
    });
  });
  return lines.find((line) => line.startsWith("qemu-system-x86_64")) ?? "";
};

describe("the arms", () => {
  test("are told apart by something, each but base and base-again", () => {
    const { name, ...base } = armOf("base");
    for (const other of armKinds.filter((one) => !one.startsWith("base"))) {
      const { name, remark, ...settings } = armOf(other);
      expect({ ...settings, remark: null }, other).not.toEqual(base);
    }
  });

  test("of the plain kernel differ in what is known to matter", () => {
    expect(armOf("init-on-free")).toMatchObject({ variant: "base", commandLine: ["init_on_free=1"], vm: "anonymous" });
    expect(armOf("prealloc")).toMatchObject({ variant: "base", commandLine: [], vm: "prealloc" });
    expect(armOf("hugetlb")).toMatchObject({ variant: "base", commandLine: [], vm: "hugetlb" });
    expect(armOf("hugetlb").remark).toMatch(
      /reserved .*outside the time\. .*clears them when they are first touched, inside it/,
    );
  });
});

describe("the arm that never clears", () => {
  test("gives its kernel the word and the firmware table that the patch asks for, and checks that they were taken", async () => {
    const [patch, ...more] = await patchesOf(await findBase("6.12"), "limit");
    expect(more).toEqual([]);
    const defined = (name: string) => new RegExp(`^\\+#define ${name}\\s+"(.*)"$`, "m").exec(patch?.text ?? "")?.[1];
    expect(armOf("limit").commandLine).toEqual([`never_clear=${defined("NEVER_CLEAR_WORD")}`]);
    const names = `sig=${defined("NEVER_CLEAR_SIG")},oem_id=${defined("NEVER_CLEAR_OEM")}`;
    expect(await argsOf("limit")).toContain(`-acpitable ${names},oem_table_id=${defined("NEVER_CLEAR_OEM_TABLE")},`);
    expect(armOf("limit").setup).toEqual(["[ $(($(cat /proc/sys/kernel/tainted) & 64)) -ne 0 ]"]);
  });

  test("is the only one that does", async () => {
    for (const name of armKinds.filter((one) => one !== "limit")) {
      expect(await argsOf(name), name).not.toMatch(/never_clear|NCLR/);
      expect(armOf(name).variant, name).not.toBe("limit");
    }
  });

  test("has a kernel that is no part of the series", () => {
    const series = readFileSync(projectPath("kernel-patches/series"), "utf8");
    expect(series).not.toContain("never-clear");
    expect(armOf("limit").remark).toMatch(/^never clears, not usable/);
  });
});

test("base-again is base in everything but its name, or it would not show the noise", () => {
  expect({ ...armOf("base-again"), name: "base", remark: null }).toEqual(armOf("base"));
});

test("an arm is found under its own name", () => {
  for (const name of armKinds) expect(armOf(name).name).toBe(name);
});

test("an arm of another kernel is the same on that kernel", () => {
  expect(armOf("7.3:limit")).toEqual({ ...armOf("limit"), name: "7.3:limit", kernel: "7.3" });
});

test("what is to be set is set before the worker is switched on", () => {
  const directory = "/sys/kernel/mm/page_prezero";
  expect(armOf("prezero+min_order=9+delay_millisecs=500").setup).toEqual([
    `echo 9 > ${directory}/min_order`,
    `echo 500 > ${directory}/delay_millisecs`,
    `echo 1 > ${directory}/enabled`,
    `grep -qx 1 ${directory}/enabled`,
  ]);
});

describe("the verifier as a setting of an arm", () => {
  test("is where the kernel has it: in debugfs, or among the controls", () => {
    expect(armOf("prezero+verify=1").setup[0]).toBe(`echo 1 > ${VERIFY}`);
  });
});
