/** On a terminal, one line is redrawn so often; elsewhere a line is written so often. */
const TICK_MS = 1_000;
const REDRAW_MS = 100;
const PLAIN_INTERVAL_MS = 30_000;
/** Width of the bar on a terminal of at least so many columns; a narrower one has none. */
const BARS = [
  { fromColumns: 100, columns: 24 },
  { fromColumns: 80, columns: 10 },
] as const;
const USUAL_COLUMNS = 80;

/** What who works long tells about it. */
export type ProgressSink = Pick<Progress, "update" | "log" | "done">;

/** Says nothing: a dry run has no progress. */
export const SILENT: ProgressSink = { update: () => {}, log: () => {}, done: () => {} };

/**
 * Progress of long work, on stderr, so that stdout stays for results. On a terminal: one line with share, elapsed and
 * remaining time, which goes on counting by itself. Elsewhere (CI, a pipe): a plain line now and then. Nothing is drawn
 * before the first update: work that is done already says nothing.
 */
export class Progress {
  readonly #title: string;
  readonly #out: NodeJS.WriteStream;
  readonly #startedMs = Date.now();
  #ticker: NodeJS.Timeout | undefined;
  #drawnMs = 0;
  #share: number | undefined;
  #note = "";
  #endMs: number | undefined;

  constructor(title: string, out: NodeJS.WriteStream = process.stderr) {
    this.#title = title;
    this.#out = out;
  }

  /**
   * @param share done, 0 to 1; undefined while nobody knows
   * @param note what is happening now, a few words
   * @param leftMs remaining time when the caller knows better than "elapsed over share"
   */
  update(share: number | undefined, note = "", leftMs?: number): void {
    if (this.#ticker === undefined) {
      if (!this.#out.isTTY) this.#out.write(`${this.#title}\n`);
      this.#ticker = setInterval(() => this.#draw(), TICK_MS).unref();
    }
    this.#share = share === undefined ? undefined : Math.min(1, Math.max(0, share));
    this.#note = note;
    const left = leftMs ?? this.#guessLeftMs();
    this.#endMs = left === undefined ? undefined : Date.now() + left;
    this.#draw();
  }

  /** Prints a line above the bar. */
  log(line: string): void {
    this.#out.write(this.#ticker !== undefined && this.#out.isTTY ? `\r\x1b[2K${line}\n` : `${line}\n`);
    if (this.#ticker === undefined || !this.#out.isTTY) return;
    this.#drawnMs = 0;
    this.#draw();
  }

  /** Ends the drawing: one line stays, with the time it took. */
  done(note = "done"): void {
    if (this.#ticker === undefined) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    const line = `${this.#title}: ${note} (${formatDuration(Date.now() - this.#startedMs)})`;
    this.#out.write(this.#out.isTTY ? `\r\x1b[2K${line}\n` : `${line}\n`);
  }

  #guessLeftMs(): number | undefined {
    if (this.#share === undefined || this.#share <= 0.02) return undefined;
    return ((Date.now() - this.#startedMs) * (1 - this.#share)) / this.#share;
  }

  #draw(): void {
    const nowMs = Date.now();
    if (nowMs - this.#drawnMs < (this.#out.isTTY ? REDRAW_MS : PLAIN_INTERVAL_MS)) return;
    this.#drawnMs = nowMs;
    // A guess that was too short says no more how long it takes.
    const leftMs = this.#endMs === undefined ? 0 : this.#endMs - nowMs;
    const left = leftMs < TICK_MS ? "" : `, ${formatDuration(leftMs)} left`;
    const time = `${formatDuration(nowMs - this.#startedMs)}${left}`;
    const percent = this.#share === undefined ? "" : `${Math.floor(this.#share * 100)}`.padStart(3).concat("% ");
    if (!this.#out.isTTY) {
      this.#out.write(`  ${percent}${this.#title}: ${this.#note} (${time})\n`);
      return;
    }
    const columns = this.#out.columns || USUAL_COLUMNS;
    const line = `${this.#title} ${this.#bar(columns)}${percent}${time}  ${this.#note}`;
    this.#out.write(`\r\x1b[2K${line.slice(0, columns - 1)}`);
  }

  #bar(terminalColumns: number): string {
    const columns = BARS.find(({ fromColumns }) => terminalColumns >= fromColumns)?.columns;
    if (columns === undefined || this.#share === undefined) return "";
    const full = Math.round(this.#share * columns);
    return `${"█".repeat(full)}${"░".repeat(columns - full)} `;
  }
}

/** 7 s, 1 min 05 s, 2 h 03 min. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")} min`;
}
