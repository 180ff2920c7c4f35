/** Answer of a command run on the host under test. */
export type ExecAnswer = { stdout: string; stderr: string; exitCode: number };

/** Runs a shell command on the host under test; a non-zero exit is the caller's to judge. */
export type Exec = (command: string, timeoutMs?: number) => Promise<ExecAnswer>;
