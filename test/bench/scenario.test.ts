import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { GIB_BYTES } from "../../harness/base/size.ts";
import { loadScenario, scenarioNames } from "../../harness/bench/scenario.ts";
import { hostPrograms } from "../../harness/host/programs.ts";
import { readFragment } from "../../harness/kernel/fragment.ts";

const directory = mkdtempSync(join(tmpdir(), "prezero-scenario-"));
afterAll(() => rmSync(directory, { recursive: true }));

const shipped = readFileSync(projectPath("configs/scenarios/vm-create.yaml"), "utf8");

/** Writes the shipped scenario with one replacement to a file of its own and loads that. */
function loadChanged(from: string, to: string) {
  expect(shipped).toContain(from);
  const path = join(directory, "changed.yaml");
  writeFileSync(path, shipped.replace(from, to));
  return loadScenario(path);
}

const PROGRAM = '{ command: "x {mib}", heading: "x, {unit}", secondsPerGib: { tcg: 1, kvm: 1 } }';

describe("a scenario", () => {
  test("is found by its name", async () => {
    const scenario = await loadScenario("vm-create");
    expect(scenario).toMatchObject({ name: "vm-create", thp: ["off", "on"], projection: 64 * GIB_BYTES });
    expect(scenario.boots).toBeGreaterThanOrEqual(4);
  });

  test.each(scenarioNames())("%s of the project is valid, and what it names is there", async (name) => {
    const { description, measure, fragments } = await loadScenario(name);
    expect(description.length).toBeGreaterThan(20);
    for (const fragment of fragments) await readFragment(fragment);
    if (measure !== null) expect(hostPrograms()).toContain(measure.command.split(" ")[0]);
  });

  test.each(scenarioNames())("%s is in the README", (name) => {
    expect(readFileSync(projectPath("README.md"), "utf8")).toContain(`| \`${name}\` `);
  });

  test("is measured under ordinary conditions unless it says otherwise", async () => {
    const ordinary = { commandLine: null, before: null, during: null, pool: "wait", vms: 1 };
    expect(await loadScenario("vm-create")).toMatchObject(ordinary);
    expect(await loadScenario("vm-create-again")).toMatchObject({ ...ordinary, pool: "none" });
    expect(await loadScenario("vm-create-busy")).toMatchObject({ ...ordinary, during: "exec busy" });
    expect(await loadScenario("populate-init")).toMatchObject({ ...ordinary, commandLine: "init_on_alloc=1" });
    expect(await loadScenario("vm-create-several")).toMatchObject({ ...ordinary, vms: 3 });
    expect((await loadScenario("vm-create-fragmented")).before).toMatch(/^fragment \/dev\/shm\//m);
  });

  test("can be a file of the caller's", async () => {
    expect(await loadChanged("boots: 4", "boots: 7")).toMatchObject({ name: "changed", boots: 7 });
  });

  test("that there is not is answered by those there are", async () => {
    await expect(loadScenario("vm-destroy")).rejects.toMatchObject({
      code: "SCENARIO_UNKNOWN",
      remedy: expect.stringContaining("vm-create"),
    });
  });

  test.each([
    ["boots: 4", "boots: many", "boots"],
    ["boots: 4", "boots: 0", "boots"],
    ["boots: 4", "bots: 4", "bots"],
    ["projection: 64G", "projection: big", "allowed: a size such as 64G"],
    ["arms: [base, prezero]", "arms: [base, base]", "allowed: each arm once"],
    ["poolLevel: 0.995", "poolLevel: 99", "poolLevel"],
    ["pool: wait", "pool: maybe", "pool: allowed: wait, none"],
    ["vms: 1", "vms: 0", "vms: allowed: a whole number from 1 to 8"],
    ["vms: 1", "vms: 9", "vms: allowed: a whole number from 1 to 8"],
    ["vms: 1", "vms: 1.5", "vms: allowed: a whole number from 1 to 8"],
    ["commandLine: null", "commandLine: 1", "commandLine: allowed: words of a kernel command line"],
    ["before: null", "before: [a, b]", "before: allowed: a shell command"],
    ["during: null", 'during: ""', "during: allowed: a shell command"],
    ["during: null", "while: busy", "while"],
    ["boots: 4", "boots: 4\nmeasure: { command: x }", "measure.heading"],
    ["boots: 4", "boots: 4\nmeasure: vm", "measure"],
    ["boots: 4", `boots: 4\nmeasure: ${PROGRAM}`, "memory: a program needs a size, such as 512M"],
    ["vms: 1", `vms: 2\nmemory: 1G\nmeasure: ${PROGRAM}`, "a program creates no VMs"],
    ["boots: 4", `boots: 4\nmemory: 3M\nmeasure: ${PROGRAM}`, "allowed: a size such as 64G or 512M, in steps of 2M"],
  ])("with %j changed to %j is refused, the key named", async (from, to, named) => {
    const failure = await loadChanged(from, to).catch((error) => error);
    expect(failure).toMatchObject({ code: "CONFIG_INVALID", exitCode: 2 });
    expect(`${failure.message} ${failure.detail ?? ""}`).toContain(named);
  });

  test("that is not YAML is refused with its line", async () => {
    await expect(loadChanged("boots: 4", "boots: [4")).rejects.toMatchObject({
      code: "YAML_MALFORMED",
      message: expect.stringMatching(/changed\.yaml:\d+:\d+/),
    });
  });
});
