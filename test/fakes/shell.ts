import { createShell, type Shell } from "../../harness/base/shell.ts";

/** A shell of a test that interrupts nothing. */
export const $: Shell = createShell({ signal: new AbortController().signal, announce: () => {}, dry: false });
