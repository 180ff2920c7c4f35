import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { Command, Help } from "commander";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../harness/base/errors.ts";
import { GIB_BYTES } from "../../harness/base/size.ts";
import { addBenchOptions, parseBenchOptions } from "../../harness/bench/options.ts";

describe("the options of npm run bench", () => {
  test("have defaults: choose the sizes, an emulated device, KVM if it works", () => {
    expect(parseBenchOptions()).toMatchObject({
      memory: "default",
      sweep: "auto",
      device: "emulated",
      accel: "auto",
      host: "nested",
      scenario: "vm-create",
      dryRun: false,
      json: false,
    });
  });

  test("are read into what the bench works with", () => {
    const options = parseBenchOptions(
      ...["--thp", "both", "--memory", "1.5G", "--sweep", "1G,512M", "--boots", "6", "--rounds", "3"],
      ...["--device", "0000:65:00.0", "--accel", "tcg", "--cpu", "max,-erms,-fsrm", "--arms", "prezero,base"],
    );
    expect(options).toMatchObject({
      thp: ["off", "on"],
      memory: 1.5 * GIB_BYTES,
      sweep: [GIB_BYTES, GIB_BYTES / 2],
      boots: 6,
      rounds: 3,
      device: "0000:65:00.0",
      accel: "tcg",
      cpu: "max,-erms,-fsrm",
      arms: ["prezero", "base"],
    });
  });

  test("--thp takes one setting, both, or several in the order in which they are measured", () => {
    expect(parseBenchOptions("--thp", "mthp-64k").thp).toEqual(["mthp-64k"]);
    expect(parseBenchOptions("--thp", "both").thp).toEqual(["off", "on"]);
    expect(parseBenchOptions("--thp", "off,on,mthp-64k").thp).toEqual(["off", "on", "mthp-64k"]);
  });

  test("--sweep takes a size that is named twice", () => {
    expect(parseBenchOptions("--sweep", "1G, 1024M").sweep).toEqual([GIB_BYTES, GIB_BYTES]);
  });

  test("--require may be given several times", () => {
    const { require } = parseBenchOptions("--require", "thp-on >= 8", "--require", "thp-off:prezero-disabled > 0.9");
    expect(require.map(({ text }) => text)).toEqual(["thp-on:prezero >= 8", "thp-off:prezero-disabled > 0.9"]);
    expect(parseBenchOptions().require).toEqual([]);
  });

  test("what a result is held against may stand beside --resume", () => {
    expect(parseBenchOptions("--resume", "--require", "thp-on >= 8", "--junit", "out.xml")).toMatchObject({
      resume: true,
      junit: resolve("out.xml"),
    });
  });

  test("--matters is a share of the ratio, 2 % by default", () => {
    expect(parseBenchOptions().matters).toBe(0.02);
    expect(parseBenchOptions("--matters", "5%").matters).toBe(0.05);
    expect(parseBenchOptions("--matters", "0.5%").matters).toBe(0.005);
    expect(parseBenchOptions("--matters", "0").matters).toBe(0);
  });

  test("say in the help what they are when they are left out", () => {
    const command = addBenchOptions(new Command());
    const { options } = command;
    const help = new Help();
    const silent = options
      .filter((option) => option.required && !help.optionDescription(option).includes("(default: "))
      .map(({ long }) => long);
    // These ask for something more, and are nothing when they are left out.
    expect(silent).toEqual(["--require", "--ktap", "--junit"]);
    expect(command.helpInformation()).toContain("(default: vm-create)");
  });

  test("--resume stands alone or names a run", () => {
    expect(parseBenchOptions("--resume")).toMatchObject({ resume: true });
    expect(parseBenchOptions("--resume", "2026-01-01T00-00-00-x", "--dry-run")).toMatchObject({
      resume: "2026-01-01T00-00-00-x",
    });
  });
});

describe("a bad option is answered by what is allowed", () => {
  test.each([
    [["--thp", "maybe"], "--thp maybe: allowed: on, off, mthp-64k, both, or a list such as off,on,mthp-64k; each once"],
    [
      ["--thp", "off,both"],
      "--thp off,both: allowed: on, off, mthp-64k, both, or a list such as off,on,mthp-64k; each once",
    ],
    [["--thp", "on,on"], "mthp-64k; each once"],
    [["--memory", "lots"], "--memory lots: allowed: default, or a size in steps of 2M, such as 64G"],
    [["--memory", "0G"], "--memory 0G: allowed: default, or a size"],
    [["--memory", "1025M"], "--memory 1025M: allowed: default, or a size in steps of 2M"],
    [["--sweep", "1G,few"], "--sweep 1G,few: allowed: auto, none, or a list of sizes such as 1G,2G, in steps of 2M"],
    [["--boots", "0"], "--boots 0: allowed: a whole number from 1 to 100"],
    [["--boots", "1e2"], "--boots 1e2: allowed: a whole number"],
    [["--rounds", "-1"], "--rounds -1: allowed: a whole number"],
    [["--device", "eth0"], "--device eth0: allowed: emulated, or a PCI address such as 0000:65:00.0"],
    [["--accel", "xen"], "--accel xen: allowed: auto, kvm, tcg"],
    [["--cpu", "max -s"], "--cpu max -s: allowed: a CPU model of QEMU"],
    [["--arms", "base,patched"], "--arms base,patched: allowed: base, base-again, prezero, prezero-disabled"],
    [["--arms", "base,base"], /--arms base,base: allowed: .* each once$/],
    [["--name", "a/b"], "--name a/b: allowed: up to 60 letters"],
    [
      ["--require", "thp-on >= 2", "--require", "thp-on = 8"],
      /^--require thp-on = 8: allowed: thp-on, thp-off or thp-mthp-64k/,
    ],
    [["--require", "fast"], "then a ratio base/arm, such as"],
    [["--scenario", ""], "--scenario '': allowed: app-launch, "],
    [["--junit", "/nowhere/out.xml"], "--junit /nowhere/out.xml: allowed: a file in a directory that exists"],
    [["--junit", "/"], "--junit /: allowed: a file in a directory that exists and that this user may write to"],
    [["--junit", tmpdir()], "allowed: a file in a directory that exists and that this user may write to"],
    [["--ktap", "/proc/out.ktap"], "--ktap /proc/out.ktap: allowed: a file"],
    [["--ktap", "/dev/stdout"], "--ktap /dev/stdout: allowed: a file"],
    [["--ktap", "/nowhere/out.ktap"], "--ktap /nowhere/out.ktap: allowed: a file in a directory that exists"],
    [["--matters", "2"], "--matters 2: allowed: a share such as 2% or 0.02"],
    [["--matters", "little"], "--matters little: allowed: a share"],
    [["--resume", "--thp", "on"], "--thp cannot change them"],
  ])("%j", (argv, message) => {
    expect(() => parseBenchOptions(...argv)).toThrow(UsageError);
    expect(() => parseBenchOptions(...argv)).toThrow(message);
  });

  test("all bad ones are named at once", () => {
    expect(() => parseBenchOptions("--boots", "x", "--thp", "y")).toThrow(/^--boots x: .*\n--thp y: .*$/);
  });
});
