import { describe, expect, test } from "vitest";
import { RuntimeDir } from "../../harness/base/runtime-dir.ts";
import { lostInMail, readMail } from "../../harness/patches/changelog.ts";
import { $ } from "../fakes/shell.ts";

const MAIL = `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?D=C3=A9vi?= <devi@example.org>
Date: Wed, 4 Mar 2026 05:06:07 +0100
Subject: [PATCH] [tag] mm: a subject that is so long that the mail header
 continues on the next line

Why.
---
 mm/a.c | 1 +
`;

async function read(text: string) {
  using scratch = new RuntimeDir();
  return await readMail($, "/", { name: "0001-a.patch", text }, scratch.path);
}

describe("the changelog of a mail", () => {
  test("is what git makes of it: subject, text, author and date", async () => {
    expect(await read(MAIL)).toEqual({
      message: "[tag] mm: a subject that is so long that the mail header continues on the next line\n\nWhy.\n",
      env: {
        GIT_AUTHOR_NAME: "Dévi",
        GIT_AUTHOR_EMAIL: "devi@example.org",
        GIT_AUTHOR_DATE: "Wed, 4 Mar 2026 05:06:07 +0100",
        GIT_COMMITTER_DATE: "Wed, 4 Mar 2026 05:06:07 +0100",
      },
    });
  });

  test.each([
    ["no author", MAIL.replace(/^From: .*\n/m, ""), /no author/],
    ["no subject", MAIL.replace(/^Subject: .*\n .*\n/m, ""), /no Subject/],
  ])("with %s is no patch's", async (_, text, why) => {
    await expect(read(text)).rejects.toMatchObject({
      code: "PATCH_DAMAGED",
      exitCode: 2,
      message: expect.stringMatching(why),
    });
  });
});

describe("what a mail does not carry", () => {
  const MESSAGE = "mm: x\n\none\ntwo";

  test("is nothing when it is read as it was written", () => {
    expect(lostInMail(MESSAGE, `${MESSAGE}\n`)).toBeUndefined();
  });

  test.each([
    ["mm: x\n\n--- a file", "mm: x", 'line 3 of its changelog, "--- a file", ends the changelog of a mail'],
    [MESSAGE, "mm: x\n\none", 'line 4 of its changelog, "two", is read as nothing'],
    [MESSAGE, "mm: x\n\n1\ntwo", 'line 3 of its changelog, "one", is read as "1"'],
  ])("is told by its line: %j", (message, got, why) => {
    expect(lostInMail(message, got)).toBe(why);
  });

  test("a rule of dashes is text", () => {
    expect(lostInMail("mm: x\n\n-----\n---more", "mm: x\n\n-----\n---more")).toBeUndefined();
  });
});
