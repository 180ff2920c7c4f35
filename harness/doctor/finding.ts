/** What one look at the machine found. */
export type Finding = {
  /** What was looked at: `KVM`, `memory`. */
  name: string;
  /** FAIL: the two main commands cannot work. WARN: they work, but slower, smaller or without an option. */
  status: "PASS" | "WARN" | "FAIL";
  /** What was found, one sentence. */
  found: string;
  /** What to do about it; absent when all is well. */
  remedy?: string;
};

/** One requirement. Reads system files below `root`, which is `/` except in tests. */
export type Check = (root: string) => Promise<Finding> | Finding;

export function pass(name: string, found: string): Finding {
  return { name, status: "PASS", found };
}

export function warn(name: string, found: string, remedy: string): Finding {
  return { name, status: "WARN", found, remedy };
}

export function fail(name: string, found: string, remedy: string): Finding {
  return { name, status: "FAIL", found, remedy };
}
