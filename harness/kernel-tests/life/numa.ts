import { GIB_BYTES } from "../../base/size.ts";
import { measured, type TestResult } from "../../ktap/result.ts";
import { checked, counter } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { GO_ON, PAUSE } from "../boot/worker.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

const NODES = [0, 1];
const LOAD_MIB = 512;
const HOST_BYTES = 1.5 * GIB_BYTES;
/** Emptying the pool of one node must not empty that of the other; what other processes take meanwhile is little. */
const UNTOUCHED_SHARE = 0.9;
/** Prints the pages of a node that are zero; a series has a file for it, or it is in the node's vmstat. */
export const poolOf = (node: number) => {
  const directory = `/sys/devices/system/node/node${node}`;
  return `cat ${directory}/nr_prezeroed 2>/dev/null || sed -n 's/^nr_prezeroed //p' ${directory}/vmstat`;
};
/** On the host: the pool of a node before the load. */
const BEFORE = "/run/pool-before";
const FIGURES = `${NODES.map(poolOf).join("; ")}; cat /proc/vmstat`;

export const numa: Scenario = {
  name: "NUMA",
  about: "two nodes, each with a pool of its own",
  run: ($, plan) =>
    onLiveHost($, plan, "numa", { memoryBytes: HOST_BYTES, cpus: NODES.length, hardware: { nodes: 2 } }, twoNodes),
};

/** @throws what the host's exec throws */
export async function twoNodes(host: LifeHost): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const node of NODES) {
    const before = figures((await host.exec(`${PAUSE}; { ${poolOf(node)}; } > ${BEFORE}; ${FIGURES}`)).stdout);
    const load = await host.exec(`zerocheck ${LOAD_MIB} 1 small ${node}`, SCENARIO_MS);
    const after = figures((await host.exec(FIGURES)).stdout);
    await host.exec(
      `${GO_ON}; for try in $(seq 100); do [ $(${poolOf(node)}) -ge $(($(cat ${BEFORE}) * 9 / 10)) ] && break; sleep 0.2; done`,
      SCENARIO_MS,
    );
    const [own = 0, other = 0] = [node, 1 - node].map((one) => (after.nodes[one] ?? 0) / (before.nodes[one] ?? 0));
    results.push(
      measured(
        "the nodes add up",
        `${before.nodes.join(" + ")}, ${before.total} in all`,
        addsUp(before) && addsUp(after),
      ),
      checked(`memory of node ${node}`, load),
      measured(
        "its pool went down, the other's did not",
        `its own to ${Math.round(own * 100)} %, the other's to ${Math.round(other * 100)} %`,
        own < 0.5 && other >= UNTOUCHED_SHARE,
        JSON.stringify({ before, after }),
      ),
    );
  }
  return results;
}

type Figures = { nodes: number[]; total: number };

function figures(stdout: string): Figures {
  return {
    nodes: stdout.split("\n").slice(0, NODES.length).map(Number),
    total: counter(stdout, "nr_prezeroed"),
  };
}

/** Read one after the other, so they may differ by what the commands themselves took. */
function addsUp({ nodes, total }: Figures): boolean {
  const sum = nodes.reduce((all, one) => all + one, 0);
  return total > 0 && Math.abs(sum - total) <= total / 50;
}
