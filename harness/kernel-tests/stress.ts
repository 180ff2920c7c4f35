import type { NestedHost } from "../host/nested-host.ts";
import { parseKtap } from "../ktap/parse.ts";
import type { TestResult } from "../ktap/result.ts";
import { check } from "./step.ts";

/** How hard the kselftest works: its command line. */
export type Load = { seconds: number; mibPerProcess: number; processes: number };

/** Beside the load itself: forking, looking at the last pages, and all of it on an emulated CPU. */
const MARGIN_MS = 300_000;

/**
 * Runs the series' kselftest on a host that has it, and looks at what the kernel has to say about it.
 * @throws what the host's exec throws when the kernel dies meanwhile
 */
export async function stress(host: Pick<NestedHost, "stream" | "complaints">, load: Load): Promise<TestResult[]> {
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
  return [
    ...results,
    check(
      "all of the kselftest was heard, and it ended well",
      problems.length === 0 && exitCode === 0,
      [`exit code ${exitCode}`, ...problems, ...(results.length === 0 ? [output.trim()] : [])].join("\n"),
    ),
    quiet(host),
  ];
}

/** Warnings count too: a kernel that complains is not one that passes. */
export function quiet(host: Pick<NestedHost, "complaints">): TestResult {
  const complaints = host.complaints();
  return check("the console has no complaint", complaints.length === 0, complaints.map(({ text }) => text).join("\n"));
}
