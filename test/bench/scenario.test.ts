import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { GIB_BYTES } from "../../harness/base/size.ts";
import { loadScenario } from "../../harness/bench/scenario.ts";

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

describe("a scenario", () => {
  test("is found by its name", async () => {
    const scenario = await loadScenario("vm-create");
    expect(scenario).toMatchObject({ name: "vm-create", thp: ["off", "on"], projection: 64 * GIB_BYTES });
    expect(scenario.boots).toBeGreaterThanOrEqual(4);
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
