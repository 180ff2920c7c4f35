import type { Command } from "commander";
import { registerCheck } from "./patches/check.ts";
import { registerEdit } from "./patches/edit.ts";
import { registerRefresh } from "./patches/refresh.ts";

export function register(program: Command): void {
  const patches = program.command("patches").description("the patch generator: change the series and check it");
  for (const registerOne of [registerEdit, registerRefresh, registerCheck]) registerOne(patches);
}
