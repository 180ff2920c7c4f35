import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { shellQuote } from "../../harness/base/quote.ts";

const PROGRAM = `
  import { handleInterrupts } from ${JSON.stringify(projectPath("harness/base/interrupt.ts"))};
  const signal = handleInterrupts();
  signal.addEventListener("abort", () => console.log("stops"));
  console.log("runs " + process.pid);
  setTimeout(() => {}, 10_000);
`;
const NODE = [process.execPath, "--input-type=module", "--eval", PROGRAM];

/** Starts the words, waits until the program runs, sends it signals and tells how it ended and what it printed. */
async function afterSignals(words: string[], signals: { signal: NodeJS.Signals; afterMs: number }[]) {
  const [command = "", ...args] = words;
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  while (!output.includes("runs")) await sleep(20);
  const pid = Number(/runs (\d+)/.exec(output)?.[1]);
  for (const { signal, afterMs } of signals) {
    await sleep(afterMs);
    process.kill(pid, signal);
  }
  const ended = await Promise.race([once(child, "exit"), sleep(700, "still runs" as const)]);
  child.kill("SIGKILL");
  if (ended === "still runs") process.kill(pid, "SIGKILL");
  return { ended: ended === "still runs" ? ended : ended[0], stops: output.includes("stops") };
}

describe("signals", () => {
  test("the first aborts, the second ends at once", async () => {
    const first = { signal: "SIGINT", afterMs: 0 } as const;
    expect(await afterSignals(NODE, [first])).toEqual({ ended: "still runs", stops: true });
    expect(await afterSignals(NODE, [first, { signal: "SIGTERM", afterMs: 700 }])).toEqual({ ended: 130, stops: true });
  });

  test("npm's copy of a Ctrl-C is not a second one", async () => {
    const copy = { signal: "SIGINT", afterMs: 50 } as const;
    expect(await afterSignals(NODE, [{ signal: "SIGINT", afterMs: 0 }, copy])).toMatchObject({ ended: "still runs" });
  });

  test("a closed terminal stops a run that has one", async () => {
    const onTerminal = ["script", "--quiet", "--flush", "--command", shellQuote(NODE), "/dev/null"];
    expect(await afterSignals(onTerminal, [{ signal: "SIGHUP", afterMs: 0 }])).toMatchObject({ stops: true });
  });

  test("and leaves alone one that was started with nohup", async () => {
    const nohup = `nohup ${shellQuote(NODE)} >&3 2> /dev/null`;
    const onTerminal = ["sh", "-c", 'exec 3>&1; exec script --quiet --command "$0" /dev/null', nohup];
    expect(await afterSignals(onTerminal, [{ signal: "SIGHUP", afterMs: 0 }])).toEqual({
      ended: "still runs",
      stops: false,
    });
  });
});
