import type { PoliteSignal } from "./scope.ts";

/** A value in a command's template: quoted as one word, an array as one word for each of its elements. */
export type Word = string | number | readonly (string | number)[];

/** A one-shot command that has ended; its last newline is taken off. */
export type Finished = { stdout: string; stderr: string; exitCode: number };

export type ShellOptions = {
  cwd?: string;
  /** Added to the environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  /** Standard input; empty when absent. */
  input?: string;
  /** Deadline, after which all that the command started is killed; none when absent. */
  timeoutMs?: number;
  /** Called with each line of stdout and stderr as it comes. */
  onLine?: (line: string) => void;
  /** Exit codes that are not an error; [0] when absent. */
  okExitCodes?: readonly number[];
  /**
   * What an interrupt sends first to a command that has something to tidy up; it is killed when absent. "nothing": it
   * runs on, and also after the interrupt, because it tidies up itself or is ended by who started it.
   */
  interruptWith?: PoliteSignal | "nothing";
  /** Standard output of a dry run, which does not run the command. */
  standIn?: string;
  /** For a command that a dry run runs, too, because with this environment all that it changes is temporary. */
  temporaryEnv?: Record<string, string>;
  /** What to say and to do when the command fails. */
  code?: string;
  remedy?: string;
};

/** What a shell is told about each command when it starts. */
export type Announcement = {
  /** A line that a shell runs: directory, environment and command. */
  line: string;
  /** It only reads, see Shell. */
  asks: boolean;
};

/** What all shells of a program have in common. */
export type ShellContext = {
  /** Aborted when the user asks to stop. */
  signal: AbortSignal;
  announce(announcement: Announcement): void;
  /** Dry run: commands are announced instead of run, but for those that only read. */
  dry: boolean;
  /** Of a dry run: a directory for what is temporary. */
  scratch?: string;
};
