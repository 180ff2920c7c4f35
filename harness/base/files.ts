import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { writeFileAtomic } from "./atomic-write.ts";
import { shellQuote } from "./quote.ts";

/**
 * Files as a shell's commands and the harness share them: what changes them is announced like a command, and in a dry
 * run kept in mind instead (recorded-files.ts). `standIn` is what a dry run takes for what a command would have made.
 * Failures are node's, with their errno.
 */
export type Files = {
  exists(path: string): boolean;
  readText(path: string, standIn?: string): Promise<string>;
  readBytes(path: string, standIn?: string): Promise<Buffer>;
  /** Names in a directory. */
  list(path: string, standIn?: string[]): Promise<string[]>;
  /** Makes a directory and those above it; one that is there is right already. */
  makeDirectory(path: string): Promise<void>;
  /** Removes a file, or a directory with all that is in it; nothing when there is none. */
  remove(path: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  /** Replaces a file as a whole, see {@link writeFileAtomic}. */
  write(path: string, content: string): Promise<void>;
  /** Tells a dry run what a command has made: the same as lies there. */
  madeLike(path: string, original: string): void;
};

/** What carries the changes out, each told as the line of a shell that does the same. */
export function announcedFiles(announce: (line: string) => void, files: Files): Files {
  const told = (...words: string[]) => announce(shellQuote(words));
  return {
    ...files,
    async makeDirectory(path) {
      if (files.exists(path)) return;
      told("mkdir", "-p", path);
      await files.makeDirectory(path);
    },
    async remove(path) {
      if (!files.exists(path)) return;
      told("rm", "-rf", path);
      await files.remove(path);
    },
    async move(from, to) {
      told("mv", "-T", from, to);
      await files.move(from, to);
    },
    async copy(from, to) {
      told("cp", from, to);
      await files.copy(from, to);
    },
    async write(path, content) {
      announce(`# writes ${path}`);
      await files.write(path, content);
    },
  };
}

/** The files of this machine. */
export const realFiles: Files = {
  exists: existsSync,
  readText: (path) => readFile(path, "utf8"),
  readBytes: (path) => readFile(path),
  list: (path) => readdir(path),
  makeDirectory: async (path) => void (await mkdir(path, { recursive: true })),
  remove: (path) => rm(path, { recursive: true, force: true }),
  move: rename,
  copy: copyFile,
  write: async (path, content) => writeFileAtomic(path, content),
  madeLike: () => {},
};
