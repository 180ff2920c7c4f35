import { Progress } from "../base/progress.ts";

/** Where a build says what it does. */
export interface BuildReport {
  /** A line that a user should see. */
  log(line: string): void;
  /** @param share done, 0 to 1 */
  progress(share: number, note: string): void;
  done(note: string): void;
}

/** Progress on stderr; a kernel that is in the cache already says nothing at all. */
export class TerminalReport implements BuildReport {
  readonly #title: string;
  #bar: Progress | undefined;

  constructor(title: string) {
    this.#title = title;
  }

  log(line: string): void {
    if (this.#bar) this.#bar.log(line);
    else process.stderr.write(`${line}\n`);
  }

  progress(share: number, note: string): void {
    this.#bar ??= new Progress(this.#title);
    this.#bar.update(share, note);
  }

  done(note: string): void {
    this.#bar?.done(note);
  }
}
