import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readLetter } from "../../../harness/patches/export/letter.ts";
import { callerIdentity } from "../../../harness/patches/export/sign-off.ts";
import { $ } from "../../fakes/shell.ts";

const dir = mkdtempSync(join(tmpdir(), "prezero-letter-"));
const before = { ...process.env };

afterEach(() => {
  process.env = { ...before };
  rmSync(join(dir, "cover-letter.txt"), { force: true });
});

describe("who signs off", () => {
  test("is who git says", async () => {
    Object.assign(process.env, { GIT_COMMITTER_NAME: "Émile", GIT_COMMITTER_EMAIL: "emile@example.org" });
    expect(await callerIdentity($)).toBe("Émile <emile@example.org>");
  });

  test("is nobody that git would make up from the machine's name", async () => {
    Object.assign(process.env, { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", HOME: dir });
    for (const name of ["NAME", "EMAIL"]) delete process.env[`GIT_COMMITTER_${name}`];
    delete process.env.EMAIL;
    // The project's own configuration must not answer either.
    process.env.GIT_DIR = join(dir, "none");
    await expect(callerIdentity($)).rejects.toMatchObject({
      code: "IDENTITY_MISSING",
      exitCode: 2,
      remedy: expect.stringContaining("git config --global user.email"),
    });
  });
});

describe("the text of the letter", () => {
  const write = (text: string) => writeFileSync(join(dir, "cover-letter.txt"), text);

  test("is a subject and a body with a place for the tables; the first directory that has one counts", async () => {
    write("mm: do it early\n\nWhy.\n\n@TABLES@\n");
    expect(await readLetter([join(dir, "absent"), dir])).toEqual({
      subject: "mm: do it early",
      body: "Why.\n\n@TABLES@",
    });
  });

  test.each([
    ["no subject", "\n\nWhy.\n@TABLES@\n", /first line/],
    ["a subject with git's own brackets", "[PATCH] mm: x\n\n@TABLES@\n", /first line/],
    ["no empty line", "mm: x\nWhy.\n@TABLES@\n", /second line/],
    ["no place for the tables", "mm: x\n\nWhy.\n", /@TABLES@/],
  ])("with %s is refused", async (_, text, message) => {
    write(text);
    await expect(readLetter([dir])).rejects.toMatchObject({
      code: "LETTER_INVALID",
      message: expect.stringMatching(message),
    });
  });

  test("that is missing is named", async () => {
    await expect(readLetter([dir])).rejects.toMatchObject({ code: "LETTER_MISSING" });
  });
});
