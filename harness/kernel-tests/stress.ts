import { GIB_BYTES } from "../base/size.ts";
import { CONTROLS } from "../host/controls.ts";
import type { TestHost } from "../hosts.ts";
import { parseKtap } from "../ktap/parse.ts";
import { check, measured, type TestResult } from "../ktap/result.ts";
import { counter } from "./boot/answers.ts";
import { nothingIsMissing } from "./boot/sum.ts";
import { WORKER_FIRST } from "./boot/worker.ts";

type StressHost = Pick<TestHost, "exec" | "stream">;

/** How hard the kselftest works: its command line. */
export type Load = { seconds: number; mibPerProcess: number; processes: number };

/** Room for the load, twice (fork copies), and for the root, which is in memory. */
export const STRESS_BYTES = 2 * GIB_BYTES;
/** Beside the load itself: forking, looking at the last pages, and all of it on an emulated CPU. */
const MARGIN_MS = 300_000;

/** Share of the pages that needed zeroes and were zero; a test in which hardly any is has tested nothing. */
const LEAST_HIT_SHARE = 0.05;

/**
 * Runs the series' kselftest on a host that has it; what the kernel has to say about it is on the console, see quiet().
 * @throws what the host's exec throws when the kernel dies meanwhile
 */
export async function stress(host: StressHost, load: Load): Promise<TestResult[]> {
  const first = await host.exec(`echo 1 > ${CONTROLS}/enabled && { ${WORKER_FIRST}; }`);
  const command = `page_prezero ${load.seconds} ${load.mibPerProcess} ${load.processes}`;
  let output = "";
  const exitCode = await host.stream(
    command,
    (chunk) => {
      output += chunk.toString("utf8");
    },
    load.seconds * 2_000 + MARGIN_MS,
  );
  const { results, problems } = parseKtap(output);
  const hits = hitShare((await host.exec("cat /proc/vmstat")).stdout);
  return [
    check("the worker comes first for the test", first.exitCode === 0, first.stderr.trim()),
    ...results.map(withoutFigures),
    measured(
      "pages came from the pool",
      `${(hits * 100).toFixed(1)} % of those that needed zeroes`,
      hits >= LEAST_HIT_SHARE,
    ),
    await nothingIsMissing(host.exec),
    check(
      "all of the kselftest was heard, and it ended well",
      problems.length === 0 && exitCode === 0,
      [`exit code ${exitCode}`, ...problems, ...(results.length === 0 ? [output.trim()] : [])].join("\n"),
    ),
  ];
}

/** The kselftest's names say what it counted; ours what has to hold, whatever was counted. */
const COUNTED: [RegExp, string][] = [
  [/\d+ of \d+ pages are not zero$/, "all pages are zero"],
  [/\d+ of \d+ processes were killed$/, "no process was killed"],
  [/\d+ bad pages$/, "no bad page"],
  [/\d+ pages(?= were handed out zero$)/, "pages"],
];

function withoutFigures(result: TestResult): TestResult {
  for (const [figures, words] of COUNTED) {
    const found = figures.exec(result.name)?.[0];
    if (found !== undefined) return { ...result, name: result.name.replace(figures, words), found };
  }
  return result;
}

/** NaN when no page needed zeroes. */
function hitShare(vmstat: string): number {
  const hits = counter(vmstat, "prezero_hit");
  return hits / (hits + counter(vmstat, "prezero_miss"));
}
