import { expect, test } from "vitest";
import { configureCommand } from "../../harness/kernel/config.ts";

test("a kernel is configured from what its tinyconfig is made of, and the fragments come last", () => {
  const files = configureCommand("x86_64").slice(4);
  expect(files).toEqual([
    "kernel/configs/tiny-base.config",
    "kernel/configs/tiny.config",
    "arch/x86/configs/tiny.config",
    "build/wanted.config",
  ]);
});

test("kernels before 6.0 have no tiny-base.config, and do without", () => {
  const command = configureCommand("um", (path) => path !== "kernel/configs/tiny-base.config");
  expect(command.slice(4)).toEqual(["kernel/configs/tiny.config", "build/wanted.config"]);
});
