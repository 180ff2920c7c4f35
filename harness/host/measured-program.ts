import { z } from "zod";
import { InfrastructureError, MeasurementError } from "../base/errors.ts";
import type { Exec, ExecAnswer } from "../base/exec.ts";

/** A figure is named in camel case and ends in its unit, such as p99Microseconds or forkSeconds. */
const VALUE_NAME = /^[a-z][A-Za-z0-9]*(Seconds|Milliseconds|Microseconds|Nanoseconds|Share|Count|Bytes|Mib)$/;

const answerSchema = z.strictObject({
  seconds: z.number().positive(),
  values: z.record(z.string(), z.number().nonnegative()).superRefine((values, context) => {
    for (const name of Object.keys(values).filter((name) => !VALUE_NAME.test(name))) {
      context.addIssue(`${name} does not end in its unit, as forkSeconds does`);
    }
  }),
  hugeShare: z.number().min(0).max(1).nullable(),
});

/**
 * What a program of the host measured: the seconds that its scenario is about, other figures by their names, and the
 * share (0 to 1) of its memory that was in huge pages, null where that says nothing.
 */
export type ProgramAnswer = z.infer<typeof answerSchema>;

/**
 * Runs a program that measures something, and reads the one line of JSON that it prints.
 * @throws InfrastructureError PROGRAM_FAILED when it exits with a failure; MeasurementError PROGRAM_ANSWER when what it
 * printed is no measurement; what exec throws
 */
export async function measuredProgram(exec: Exec, command: string, timeoutMs: number): Promise<ProgramAnswer> {
  const answer = await exec(command, timeoutMs);
  const words = `${answer.stdout}${answer.stderr}`.trim();
  if (answer.exitCode !== 0) {
    throw new InfrastructureError({
      code: "PROGRAM_FAILED",
      message: `The measuring program failed (exit code ${answer.exitCode}): ${command}`,
      detail: words,
      reproducer: command,
      remedy: "Read what it printed; run the command by hand on the host under test (npm run shell).",
    });
  }
  const parsed = parseAnswer(answer);
  if (parsed.success) return parsed.data;
  throw new MeasurementError({
    code: "PROGRAM_ANSWER",
    message: `What the measuring program printed is no measurement (${problemOf(parsed.error)}): ${command}`,
    detail: words,
    reproducer: command,
    remedy: 'A program prints {"seconds":S,"values":{...},"hugeShare":H} on one line, and nothing else (CONTRIBUTING).',
  });
}

function parseAnswer({ stdout }: ExecAnswer) {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    value = undefined;
  }
  return answerSchema.safeParse(value);
}

function problemOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${path.length === 0 ? "answer" : path.join(".")}: ${message}`)
    .join("; ");
}
