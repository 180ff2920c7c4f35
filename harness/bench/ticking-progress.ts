import { Progress } from "../base/progress.ts";
import type { RunProgress } from "./run.ts";

const TICK_MS = 1_000;

/** Progress of a run on stderr that goes on counting while a single creation takes its time. */
export class TickingProgress implements RunProgress {
  readonly #bar: Progress;
  readonly #ticker: NodeJS.Timeout;
  #last: { share: number; note: string; endMs: number } | undefined;

  constructor(title: string) {
    this.#bar = new Progress(title);
    this.#ticker = setInterval(() => this.#draw(), TICK_MS).unref();
  }

  update(share: number, note: string, leftMs: number): void {
    this.#last = { share, note, endMs: Date.now() + leftMs };
    this.#draw();
  }

  log(line: string): void {
    this.#bar.log(line);
  }

  /** Ends the drawing; one line stays. */
  end(note: string): void {
    clearInterval(this.#ticker);
    this.#bar.done(note);
  }

  #draw(): void {
    if (this.#last === undefined) return;
    const { share, note, endMs } = this.#last;
    this.#bar.update(share, note, Math.max(0, endMs - Date.now()));
  }
}
