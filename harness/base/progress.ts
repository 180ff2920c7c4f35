/**
 * Progress of long work. On a terminal: one line, redrawn, with share, elapsed time and ETA. Elsewhere (CI, a pipe):
 * a plain line now and then. Results go to stdout, progress to stderr, so that `--json` stays clean.
 */
const REDRAW_MS = 100;
const PLAIN_INTERVAL_MS = 30_000;
const BAR_COLUMNS = 24;

export class Progress {
  readonly #title: string;
  readonly #out: NodeJS.WriteStream;
  readonly #startedMs = Date.now();
  #drawnMs = 0;
  #share = 0;
  #note = "";

  constructor(title: string, out: NodeJS.WriteStream = process.stderr) {
    this.#title = title;
    this.#out = out;
    if (!out.isTTY) out.write(`${title}\n`);
  }

  /**
   * @param share done, 0 to 1
   * @param note what is happening now, a few words
   * @param etaMs remaining time when the caller knows better than "elapsed over share"
   */
  update(share: number, note = "", etaMs?: number): void {
    this.#share = Math.min(1, Math.max(0, share));
    this.#note = note;
    const nowMs = Date.now();
    if (nowMs - this.#drawnMs < (this.#out.isTTY ? REDRAW_MS : PLAIN_INTERVAL_MS)) return;
    this.#drawnMs = nowMs;
    const elapsedMs = nowMs - this.#startedMs;
    const leftMs = etaMs ?? (this.#share > 0.02 ? (elapsedMs * (1 - this.#share)) / this.#share : undefined);
    const eta = leftMs === undefined ? "" : `, ${formatDuration(leftMs)} left`;
    const percent = `${Math.floor(this.#share * 100)}`.padStart(3);
    if (!this.#out.isTTY) {
      this.#out.write(`  ${percent}% ${this.#title}: ${this.#note} (${formatDuration(elapsedMs)}${eta})\n`);
      return;
    }
    const full = Math.round(this.#share * BAR_COLUMNS);
    const bar = "█".repeat(full) + "░".repeat(BAR_COLUMNS - full);
    const line = `${this.#title} ${bar} ${percent}% ${formatDuration(elapsedMs)}${eta}  ${this.#note}`;
    this.#out.write(`\r\x1b[2K${line.slice(0, (this.#out.columns ?? 100) - 1)}`);
  }

  /** Prints a line above the bar. */
  log(line: string): void {
    this.#out.write(this.#out.isTTY ? `\r\x1b[2K${line}\n` : `${line}\n`);
    this.#drawnMs = 0;
    if (this.#out.isTTY) this.update(this.#share, this.#note);
  }

  /** Ends the work: one line stays, with the time it took. */
  done(note = "done"): void {
    const line = `${this.#title}: ${note} (${formatDuration(Date.now() - this.#startedMs)})`;
    this.#out.write(this.#out.isTTY ? `\r\x1b[2K${line}\n` : `${line}\n`);
  }
}

/** 7 s, 1 min 05 s, 2 h 03 min. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")} min`;
}
