import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { formatDuration, Progress } from "../../harness/base/progress.ts";

/** A stream that keeps what it is given: a terminal of so many columns, or a pipe. */
class Screen {
  text = "";
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(columns?: number) {
    this.isTTY = columns !== undefined;
    this.columns = columns ?? 0;
  }

  write(text: string): void {
    this.text += text;
  }

  /** What stands on the last line now. */
  get line(): string {
    return this.text.split("\r\x1b[2K").at(-1) ?? "";
  }
}

function progress(columns?: number): { screen: Screen; bar: Progress } {
  const screen = new Screen(columns);
  return { screen, bar: new Progress("kernel 6.12 prezero", screen as unknown as NodeJS.WriteStream) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("on a terminal", () => {
  test("one line has bar, share, elapsed and remaining time, and what is done now", () => {
    const { screen, bar } = progress(100);
    vi.advanceTimersByTime(20_000);
    bar.update(0.25, "mm/page_alloc.o");
    expect(screen.line).toBe(
      `kernel 6.12 prezero ${"█".repeat(6)}${"░".repeat(18)}  25% 20 s, 1 min 00 s left  mm/page_alloc.o`,
    );
  });

  test("time goes on by itself while nothing is told", () => {
    const { screen, bar } = progress(100);
    bar.update(0.5, "round 1", 10_000);
    vi.advanceTimersByTime(4_000);
    expect(screen.line).toContain("50% 4 s, 6 s left");
  });

  test("a guess that was too short is dropped: never 0 s left", () => {
    const { screen, bar } = progress(100);
    bar.update(0.99, "linking", 3_000);
    vi.advanceTimersByTime(150_000);
    expect(screen.line).toContain("99% 2 min 30 s  linking");
    expect(screen.text).not.toContain(" 0 s left");
  });

  test("work of unknown length has no share and no remaining time", () => {
    const { screen, bar } = progress(100);
    vi.advanceTimersByTime(5_000);
    bar.update(undefined, "12 files");
    expect(screen.line).toBe("kernel 6.12 prezero 5 s  12 files");
  });

  test.each([60, 80, 100, 200])("a line fits into %i columns, with share and times", (columns) => {
    const { screen, bar } = progress(columns);
    vi.advanceTimersByTime(65_000);
    bar.update(0.5, "drivers/virtio/a-file-with-a-very-long-name-that-does-not-fit.o");
    expect(screen.line.length).toBeLessThan(columns);
    expect(screen.line).toMatch(/ 50% 1 min 05 s, 1 min 05 s left {2}driv/);
  });

  test("a message stands above the line, which comes back", () => {
    const { screen, bar } = progress(60);
    bar.update(0, "starting");
    bar.log("NOTE: read this");
    expect(screen.text.split("\r\x1b[2K").slice(-2)).toEqual([
      "NOTE: read this\n",
      "kernel 6.12 prezero   0% 0 s  starting",
    ]);
  });

  test("at the end one line stays, and nothing is drawn any more", () => {
    const { screen, bar } = progress(60);
    bar.update(0, "starting");
    vi.advanceTimersByTime(7_000);
    bar.done("built");
    vi.advanceTimersByTime(7_000);
    expect(screen.line).toBe("kernel 6.12 prezero: built (7 s)\n");
  });
});

describe("in CI", () => {
  test("there are plain lines, one in half a minute, also while nothing is told", () => {
    const { screen, bar } = progress();
    bar.update(0.1, "round 1", 600_000);
    vi.advanceTimersByTime(61_000);
    bar.log("warning: it is late");
    bar.done();
    expect(screen.text.split("\n")).toEqual([
      "kernel 6.12 prezero",
      "   10% kernel 6.12 prezero: round 1 (0 s, 10 min 00 s left)",
      "   10% kernel 6.12 prezero: round 1 (30 s, 9 min 30 s left)",
      "   10% kernel 6.12 prezero: round 1 (1 min 00 s, 9 min 00 s left)",
      "warning: it is late",
      "kernel 6.12 prezero: done (1 min 01 s)",
      "",
    ]);
  });
});

test("work that is done already says nothing", () => {
  const { screen, bar } = progress(100);
  bar.done();
  expect(screen.text).toBe("");
});

test.each([
  [6_600, "7 s"],
  [65_000, "1 min 05 s"],
  [7_380_000, "2 h 03 min"],
])("%i ms reads %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
