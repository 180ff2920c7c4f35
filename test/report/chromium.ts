import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";

/** Path of Debian's browser; undefined where `npm run setup` has not been run. */
export const CHROMIUM = (process.env.PATH ?? "")
  .split(delimiter)
  .map((directory) => join(directory, "chromium"))
  .find(isExecutable);

/** How a page is shown; sizes in CSS pixels. */
export type View = { width: number; height: number; media?: "screen" | "print"; dark?: boolean };

type Message = {
  id?: number;
  method?: string;
  sessionId?: string;
  params?: unknown;
  result?: unknown;
  error?: unknown;
};

/** A headless browser, spoken to over a pipe in the DevTools protocol: JSON objects that end in a zero byte. */
export class Chromium implements AsyncDisposable {
  readonly #profile = mkdtempSync(join(tmpdir(), "prezero-chromium-"));
  readonly #process: ChildProcess;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #lastId = 0;
  #rest = "";

  constructor(program: string) {
    this.#process = spawn(
      program,
      [
        ...["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        ...["--hide-scrollbars", "--remote-debugging-pipe", `--user-data-dir=${this.#profile}`, "about:blank"],
      ],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    const answers = this.#process.stdio[4] as Readable;
    answers.setEncoding("utf8").on("data", (text: string) => this.#receive(text));
  }

  /** Shows a file. What goes wrong while it loads, and all that it asks the network for, is in the page's problems. */
  async open(path: string, view: View): Promise<Page> {
    const { targetId } = (await this.call("Target.createTarget", { url: "about:blank" })) as { targetId: string };
    const attached = await this.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, (attached as { sessionId: string }).sessionId);
    await page.load(pathToFileURL(path).href, view);
    return page;
  }

  /** @throws Error with the browser's words */
  call(method: string, params: object = {}, sessionId?: string): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result);
        else reject(new Error(`${method}: ${JSON.stringify(error)}`));
      });
    });
  }

  listen(listener: (message: Message) => void): void {
    this.#listeners.add(listener);
  }

  #receive(text: string): void {
    const parts = (this.#rest + text).split("\0");
    this.#rest = parts.pop() ?? "";
    for (const message of parts.map((part) => JSON.parse(part) as Message)) {
      if (message.id === undefined) for (const listener of this.#listeners) listener(message);
      else this.#answers.get(message.id)?.(message);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("close", resolve));
    if (this.#process.exitCode === null) {
      this.#process.kill("SIGKILL");
      await ended;
    }
    // Its helpers may still be writing for a moment.
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** One page that is shown. */
export class Page {
  /** Errors and warnings of its console, exceptions, and requests for anything but itself. */
  readonly problems: string[] = [];
  readonly #browser: Chromium;
  readonly #session: string;

  constructor(browser: Chromium, session: string) {
    this.#browser = browser;
    this.#session = session;
  }

  async load(url: string, { width, height, media = "screen", dark = false }: View): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.#browser.listen(({ method, params, sessionId }) => {
        if (sessionId !== this.#session) return;
        if (method === "Page.loadEventFired") resolve();
        if (/^(Log\.entryAdded|Runtime\.(consoleAPICalled|exceptionThrown))$/.test(method ?? "")) {
          this.problems.push(`${method} ${JSON.stringify(params)}`);
        }
        const asked = (params as { request?: { url: string } }).request?.url;
        if (method === "Network.requestWillBeSent" && asked !== url) this.problems.push(`asks for ${asked}`);
      });
    });
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await this.#call(`${domain}.enable`);
    const metrics = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
    await this.#call("Emulation.setDeviceMetricsOverride", metrics);
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await this.#call("Emulation.setEmulatedMedia", { media, features });
    await this.#call("Page.navigate", { url });
    await loaded;
  }

  /** Value of a JavaScript expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.#call("Runtime.evaluate", { expression, returnByValue: true });
    const { result, exceptionDetails } = answer as { result: { value: T }; exceptionDetails?: object };
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  }

  /** The whole page as PNG. */
  async screenshot(): Promise<Buffer> {
    const answer = await this.#call("Page.captureScreenshot", { captureBeyondViewport: true });
    return Buffer.from((answer as { data: string }).data, "base64");
  }

  /** As it is printed, on the paper that its style asks for. */
  async pdf(): Promise<Buffer> {
    const answer = await this.#call("Page.printToPDF", { preferCSSPageSize: true, printBackground: false });
    return Buffer.from((answer as { data: string }).data, "base64");
  }

  #call(method: string, params: object = {}): Promise<unknown> {
    return this.#browser.call(method, params, this.#session);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
