import type { ExecAnswer } from "../../../harness/base/exec.ts";
import { findComplaints } from "../../../harness/host/complaints.ts";
import type { TestResult } from "../../../harness/ktap/result.ts";

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

type Case = Pick<TestResult, "name" | "status" | "found">;

/** The cases that failed, with what was found. */
export async function failedOf(cases: Promise<Case[]>): Promise<string[]> {
  const failed = (await cases).filter(({ status }) => status === "failed");
  return failed.map(({ name, found }) => (found === undefined ? name : `${name}: ${found}`));
}
