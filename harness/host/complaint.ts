/** What a kernel can complain about on its console, worst first. */
export const complaintKinds = [
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

/** Kinds after which the kernel's results cannot be trusted or the kernel is dead. */
const FATAL: ReadonlySet<ComplaintKind> = new Set(["panic", "oops", "bug", "sanitizer"]);

export function isFatal(complaint: Complaint): boolean {
  return FATAL.has(complaint.kind);
}
