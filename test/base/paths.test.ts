import { afterEach, describe, expect, test, vi } from "vitest";
import { cacheDir } from "../../harness/base/paths.ts";

afterEach(() => vi.unstubAllEnvs());

describe("the cache is", () => {
  test("where PREZERO_CACHE says, from wherever it is looked at", () => {
    vi.stubEnv("PREZERO_CACHE", "below/here");
    expect(cacheDir("kernels")).toBe(`${process.cwd()}/below/here/kernels`);
  });

  test("where XDG_CACHE_HOME says, when PREZERO_CACHE is empty", () => {
    vi.stubEnv("PREZERO_CACHE", "");
    vi.stubEnv("XDG_CACHE_HOME", "/xdg");
    expect(cacheDir()).toBe("/xdg/prezero");
  });

  test("below the home directory, when neither says anything", () => {
    vi.stubEnv("PREZERO_CACHE", "");
    vi.stubEnv("XDG_CACHE_HOME", "");
    vi.stubEnv("HOME", "/home/someone");
    expect(cacheDir()).toBe("/home/someone/.cache/prezero");
  });

  test("never in the directory of who asks, not even with an empty HOME", () => {
    for (const name of ["PREZERO_CACHE", "XDG_CACHE_HOME", "HOME"]) vi.stubEnv(name, "");
    expect(cacheDir().startsWith(process.cwd())).toBe(false);
  });
});
