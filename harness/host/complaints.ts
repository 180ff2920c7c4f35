/** What a kernel can complain about on its console, worst first. */
const complaintKinds = [
  "panic",
  "oops",
  "bug",
  "sanitizer",
  "lockup",
  "hung-task",
  "out-of-memory",
  "lockdep",
  "warning",
] as const;
export type ComplaintKind = (typeof complaintKinds)[number];

/** One complaint of the kernel, cut out of the console's text. */
export type Complaint = {
  kind: ComplaintKind;
  /** First line, without time stamp: what a bug report would have as its subject. */
  title: string;
  /** Function and offset where it happened, from the RIP line; undefined when there is none. */
  where: string | undefined;
  /** Functions of the first call trace, innermost first, without the guesses marked `?`. */
  callTrace: string[];
  /** The whole complaint as it was printed, without time stamps. */
  text: string;
};

/** First line of each complaint; the first pattern that matches decides, so the particular stand before the general. */
const STARTS: readonly [RegExp, ComplaintKind][] = [
  [/^Kernel panic - not syncing/, "panic"],
  [
    /^(?:watchdog: )?BUG: soft lockup|hard LOCKUP|^rcu: INFO: rcu_\w+ (?:self-)?detected|^BUG: workqueue lockup/,
    "lockup",
  ],
  [/^INFO: task .+ blocked for more than \d+ seconds/, "hung-task"],
  [/^BUG: (?:KASAN|KMSAN|KCSAN|KFENCE):|^UBSAN:/, "sanitizer"],
  [/^BUG: (?:unable to handle|kernel NULL pointer dereference)/, "oops"],
  [
    /^(?:Oops|general protection fault|invalid opcode|divide error|stack segment|double fault|int3|PANIC: double fault)\b/,
    "oops",
  ],
  [/^kernel BUG at /, "bug"],
  [/^BUG: /, "bug"],
  [/^WARNING: (?:possible|inconsistent lock|suspicious RCU|held lock|nested lock|bad unlock)/, "lockdep"],
  [/^WARNING: /, "warning"],
  [/^(?:Out of memory|Memory cgroup out of memory): Killed process|invoked oom-killer/, "out-of-memory"],
];

/** Lines that end a complaint, and belong to it. */
const END = /^---\[ end (?:trace|Kernel panic)/;
const CUT_HERE = /^-+\[ cut here \]-+$/;
const SANITIZER_RULE = /^={20,}$/;
/** The cut mark and at most so many lines of a message stand above a title. */
const MESSAGE_LINES = 4;
/** Complaints without an end line are cut after so many lines, or where ordinary messages take over. */
const LONGEST_LINES = 120;
/** How lines inside a report begin, beside those that are indented: registers, traces, page dumps, task lines. */
const BODY_STARTS = [
  ..."CPU: Hardware Workqueue: Call RIP: Code: EFLAGS: DR PKRU: #PF PGD Oops: Modules Tainted Comm: PID:".split(" "),
  ..."page: page flags: raw: head: Read Write Allocated Freed The Memory > task: stack: irq hardirqs softirqs".split(
    " ",
  ),
  ..."INFO: Sending NMI Kernel Offset: Rebooting --- Fixing which".split(" "),
];
const BODY_PATTERN = /^(?:\s|<\/?[A-Z]+>|(?:R[A-Z0-9]{2}|[C-GS]S|CR\d|R\d\d):)/;

function isBody(line: string): boolean {
  return line === "" || BODY_PATTERN.test(line) || BODY_STARTS.some((start) => line.startsWith(start));
}

/** Functions that print the report stand innermost in its trace and say nothing about the cause. */
const REPORTING = /^(?:dump_stack|dump_stack_lvl|show_stack|panic|print_report|kasan_report|__warn|report_bug)\+/;

/**
 * Finds every complaint in the text of a serial console, in the order they were printed. A panic that ends an oops is
 * its own complaint: the oops says what happened, the panic that the kernel is dead.
 */
export function findComplaints(consoleText: string): Complaint[] {
  const lines = consoleText.split("\n").map(withoutStamp);
  const found: Complaint[] = [];
  for (let index = 0; index < lines.length; index++) {
    const kind = kindOf(lines[index] ?? "");
    if (kind === undefined) continue;
    const end = endOf(lines, index, kind);
    found.push(describe(kind, lines.slice(beginning(lines, index), end), lines[index] ?? ""));
    index = end - 1;
  }
  return found;
}

/** Whether a complete console line starts a complaint, and of which kind. */
export function kindOf(line: string): ComplaintKind | undefined {
  return STARTS.find(([pattern]) => pattern.test(withoutStamp(line)))?.[1];
}

/** `[   12.345678][  T123] text` and `<4>[ ...] text` become `text`; serial lines end in \r. */
function withoutStamp(line: string): string {
  return line.replace(/^(?:<\d+>)?(?:\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? ?)?/, "").replace(/\s+$/, "");
}

/** The report may begin above its title: at the cut mark, with the message of a WARN between, or at a sanitizer's rule. */
function beginning(lines: string[], title: number): number {
  for (let index = title - 1; index >= Math.max(0, title - MESSAGE_LINES); index--) {
    if (CUT_HERE.test(lines[index] ?? "")) return index;
    if (END.test(lines[index] ?? "")) break;
  }
  return SANITIZER_RULE.test(lines[title - 1] ?? "") ? title - 1 : title;
}

function endOf(lines: string[], start: number, kind: ComplaintKind): number {
  const limit = Math.min(lines.length, start + LONGEST_LINES);
  for (let index = start + 1; index < limit; index++) {
    const line = lines[index] ?? "";
    if (END.test(line)) return index + 1;
    if (kind === "sanitizer" && SANITIZER_RULE.test(line)) return index + 1;
    // A report inside a report (Oops: after BUG:, a panic after an oops without end line) stays with the first ...
    const nested = kindOf(line);
    // ... unless it is the panic, or something unrelated.
    if (nested === "panic" || CUT_HERE.test(line)) return index;
    if (nested !== undefined && nested !== "oops") return index;
    // Some architectures print the message of a WARN below its title.
    const message = index === start + 1 && (lines[index + 1] ?? "").startsWith("CPU: ");
    if (nested === undefined && !isBody(line) && !message) return index;
  }
  return limit;
}

function describe(kind: ComplaintKind, lines: string[], title: string): Complaint {
  const rip = lines.map((line) => /^RIP: \w+:([\w.]+\+0x[0-9a-f]+\/0x[0-9a-f]+)/.exec(line)?.[1]).find(Boolean);
  const trace: string[] = [];
  let inside = false;
  for (const line of lines) {
    if (/^Call Trace:/.test(line)) inside = trace.length === 0;
    else if (inside && /^ ?<\/TASK>/.test(line)) break;
    else if (inside) {
      const entry = /^ ([\w.]+\+0x[0-9a-f]+\/0x[0-9a-f]+)/.exec(line)?.[1];
      if (entry && !REPORTING.test(entry)) trace.push(entry);
    }
  }
  return { kind, title, where: rip, callTrace: trace, text: lines.join("\n").trimEnd() };
}

/** Kinds after which the kernel's results cannot be trusted or the kernel is dead. */
const FATAL: ReadonlySet<ComplaintKind> = new Set(["panic", "oops", "bug", "sanitizer"]);

export function isFatal(complaint: Complaint): boolean {
  return FATAL.has(complaint.kind);
}
