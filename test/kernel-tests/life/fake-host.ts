import type { ExecAnswer } from "../../../harness/base/exec.ts";
import { findComplaints } from "../../../harness/host/complaints.ts";

/** What programs that look at memory print when all is well. */
export const LOOKED = '{"pages":49152,"dirty":0,"lost":0}\n';

/** A host that answers each command with the first pattern that matches; anything else ends well and says nothing. */
export function fakeHost(answers: [RegExp, string | Partial<ExecAnswer>][], console = "") {
  const commands: string[] = [];
  return {
    commands,
    exec: async (command: string): Promise<ExecAnswer> => {
      commands.push(command);
      const answer = answers.find(([pattern]) => pattern.test(command))?.[1] ?? "";
      return { stdout: "", stderr: "", exitCode: 0, ...(typeof answer === "string" ? { stdout: answer } : answer) };
    },
    complaints: async () => findComplaints(console),
  };
}

/** Names of the cases that failed, without figures. */
export async function failedOf(cases: Promise<{ name: string; status: string }[]>): Promise<string[]> {
  return (await cases).filter(({ status }) => status === "failed").map(({ name }) => name);
}
