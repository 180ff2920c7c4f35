import { z } from "zod";
import { check, type TestResult } from "../../ktap/result.ts";
import { checked, objectsIn } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

const SECONDS = 20;
const CHILDREN = 12;
const MIB_EACH = 8;
const forked = z.object({ forks: z.int() });
/** A storm of a few dozens is none, even on an emulated CPU. */
const LEAST_FORKS = 5 * CHILDREN;

export const forks: Scenario = {
  name: "fork storm",
  about: `${CHILDREN} processes at a time come and go for ${SECONDS} s, and copy what they inherit`,
  run: (plan) => onLiveHost(plan, "forks", {}, stormOfForks),
};

/** @throws what the host's exec throws */
export async function stormOfForks(host: LifeHost): Promise<TestResult[]> {
  const answer = await host.exec(`forkstorm ${SECONDS} ${CHILDREN} ${MIB_EACH}`, SCENARIO_MS);
  const count = objectsIn(answer.stdout, forked)[0]?.forks ?? 0;
  return [checked("each child", answer), check(`${count} forks`, count >= LEAST_FORKS)];
}
