import { dirname, join } from "node:path";
import { type Files, realFiles } from "./files.ts";

/** What a dry run has in mind of a path: gone, a new directory, new content, or what lies elsewhere on the disk. */
type Change = "gone" | "directory" | { content: Buffer } | { at: string };

/**
 * The files of this machine as a dry run sees them: its changes are kept in mind, and nothing of the disk is touched.
 * What commands make is not there, so who reads it gives a stand-in.
 */
export function recordedFiles(): Files {
  const changes = new Map<string, Change>();

  /** What is at a path now: the change of it or of the nearest directory above it, or the disk as it is. */
  function find(path: string): Change {
    const own = changes.get(path);
    if (own !== undefined) return own;
    for (let above = dirname(path), below = path; above !== below; [above, below] = [dirname(above), above]) {
      const change = changes.get(above);
      if (typeof change === "object" && "at" in change) return { at: join(change.at, path.slice(above.length)) };
      if (change !== undefined) return "gone";
    }
    return { at: path };
  }

  const exists = (path: string): boolean => {
    // What was moved stays, also when it lay in a directory for temporary files that is gone by now.
    const own = changes.get(path);
    if (own !== undefined) return own !== "gone";
    const change = find(path);
    return typeof change === "object" && "at" in change ? realFiles.exists(change.at) : change !== "gone";
  };

  /** Takes away what is known below a path, to be put in another place. */
  function take(path: string): [below: string, Change][] {
    const taken = [...changes].filter(([known]) => known === path || known.startsWith(`${path}/`));
    for (const [known] of taken) changes.delete(known);
    return taken.map(([known, change]) => [known.slice(path.length), change]);
  }

  async function readBytes(path: string, standIn?: string): Promise<Buffer> {
    const change = find(path);
    if (typeof change === "object" && "content" in change) return change.content;
    const isThere = typeof change === "object" && realFiles.exists(change.at);
    if (typeof change === "object" && (standIn === undefined || isThere)) return realFiles.readBytes(change.at);
    if (standIn !== undefined) return Buffer.from(standIn);
    throw Object.assign(new Error(`ENOENT: a dry run has no ${path}`), { code: "ENOENT" });
  }

  return {
    exists,
    readBytes,
    readText: async (path, standIn) => (await readBytes(path, standIn)).toString("utf8"),
    async list(path, standIn) {
      const change = find(path);
      const isOnDisk = typeof change === "object" && "at" in change && realFiles.exists(change.at);
      const onDisk = isOnDisk ? await realFiles.list(change.at) : [];
      const known = [...changes.keys()].filter((one) => dirname(one) === path).map((one) => one.slice(path.length + 1));
      const names = [...new Set([...onDisk, ...known])].filter((name) => exists(join(path, name)));
      return names.length === 0 && standIn !== undefined ? standIn : names.sort();
    },
    async makeDirectory(path) {
      for (let one = path; !exists(one); one = dirname(one)) changes.set(one, "directory");
    },
    async remove(path) {
      take(path);
      changes.set(path, "gone");
    },
    async move(from, to) {
      const source = find(from);
      take(to);
      const taken = take(from);
      changes.set(to, source === "gone" ? "directory" : source);
      for (const [below, change] of taken) changes.set(`${to}${below}`, change);
      changes.set(from, "gone");
    },
    async copy(from, to) {
      const source = find(from);
      changes.set(to, source === "gone" ? { content: Buffer.alloc(0) } : source);
    },
    madeLike(path, original) {
      take(path);
      changes.set(path, find(original));
    },
    async write(path, content) {
      changes.set(path, { content: Buffer.from(content) });
    },
  };
}
