import type { Command } from "commander";
import type { Shell } from "../base/shell.ts";
import { registerCheck } from "./patches/check.ts";
import { registerEdit } from "./patches/edit.ts";
import { registerExport } from "./patches/export.ts";
import { registerPort } from "./patches/port.ts";
import { registerRefresh } from "./patches/refresh.ts";
import { registerStatus } from "./patches/status.ts";

export function register(program: Command, $: Shell): void {
  const patches = program.command("patches").description("the patch generator: change the series and check it");
  for (const registerOne of [
    registerStatus,
    registerEdit,
    registerRefresh,
    registerPort,
    registerCheck,
    registerExport,
  ])
    registerOne(patches, $);
}
