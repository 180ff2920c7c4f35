import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

/** How a page is shown; sizes in CSS pixels. */
export type View = { width: number; height: number; media?: "screen" | "print"; dark?: boolean };

/** Path of Debian's browser; undefined where `npm run setup` has not been run. */
export const CHROMIUM = (process.env.PATH ?? "")
  .split(delimiter)
  .map((directory) => join(directory, "chromium"))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

if (CHROMIUM === undefined) {
  const lack = "chromium is missing, and no page is looked at: `npm run setup` installs it";
  // A machine that decides about a change must not pass what it did not look at.
  if (process.env.CI) throw new Error(lack);
  console.warn(`\n!! SKIPPED: ${lack}\n`);
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM as string, args: ["--no-sandbox"] });
}

/** A page and what went wrong while it loaded: errors and warnings, and requests for anything but itself. */
export type Shown = { page: Page; problems: string[] };

/** Shows a file. */
export async function show(browser: Browser, path: string, view: View): Promise<Shown> {
  const { width, height, media = "screen", dark = false } = view;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
  const url = pathToFileURL(path).href;
  const problems: string[] = [];
  page.on("console", (message) => problems.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== url) problems.push(`asks for ${request.url()}`);
  });
  await page.emulateMedia({ media });
  await page.goto(url);
  return { page, problems };
}
