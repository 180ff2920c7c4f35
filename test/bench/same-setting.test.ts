import { expect, test } from "vitest";
import { assertSameGuest } from "../../harness/bench/refusals.ts";

const image = (digit: string) => ({ imageSha256: digit.repeat(64) });

test("a run goes on with the guests that it began with, or with none", () => {
  expect(() => assertSameGuest(image("a"), image("a"))).not.toThrow();
  expect(() => assertSameGuest(null, null)).not.toThrow();
});

test("another kernel in the guests is a run of its own", () => {
  expect(() => assertSameGuest(image("b"), image("a"))).toThrow(
    expect.objectContaining({
      code: "RUN_CHANGED",
      detail: "guest's kernel image aaaaaaaaaaaa, now bbbbbbbbbbbb",
    }),
  );
});
