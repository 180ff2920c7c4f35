import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findComplaints, isFatal } from "../../harness/host/complaints.ts";

const golden = (name: string) => readFileSync(join(import.meta.dirname, "../golden/console", name), "utf8");
const summary = (name: string) =>
  findComplaints(golden(name)).map(({ kind, title, where }) => ({ kind, title, where }));

describe("reading what a kernel complains about on its console", () => {
  it("finds a panic, without the functions that only print it", () => {
    const [panic, ...others] = findComplaints(golden("panic-no-init.log"));
    expect(others).toEqual([]);
    expect(panic).toMatchObject({
      kind: "panic",
      title: "Kernel panic - not syncing: Requested init /nonexistent failed (error -2).",
      where: undefined,
      callTrace: ["kernel_init+0xb1/0x1a0", "ret_from_fork+0x35/0x50", "ret_from_fork_asm+0x11/0x20"],
    });
  });

  it("does not take the user space's address in a system call for the place of a panic", () => {
    const [panic] = findComplaints(golden("sysrq-crash.log"));
    expect(panic).toMatchObject({ kind: "panic", where: undefined });
    expect(panic?.callTrace[0]).toBe("sysrq_handle_crash+0x10/0x10");
    expect(panic?.text).toMatch(/Kernel Offset: disabled$/);
  });

  it("tells an oops from the panic that it ends in, and says where it happened", () => {
    const found = findComplaints(golden("null-dereference.log"));
    expect(found.map(({ kind }) => kind)).toEqual(["oops", "panic"]);
    expect(found[0]?.where).toBe("prezero_take_batch+0x5c/0x1a0");
    expect(found[0]?.callTrace.slice(0, 2)).toEqual(["prezero_zone+0x9a/0x1f0", "prezero_work+0x77/0x110"]);
    expect(found[0]?.text).toMatch(/^BUG: kernel NULL pointer[\s\S]*---\[ end trace 0000000000000000 \]---$/);
  });

  it("keeps a warning with the line above it, and tells it from the BUG that follows", () => {
    expect(summary("warning-and-bug.log")).toEqual([
      {
        kind: "warning",
        title: "WARNING: CPU: 0 PID: 71 at mm/page_prezero.c:212 prezero_verify+0x8d/0xc0",
        where: "prezero_verify+0x8d/0xc0",
      },
      { kind: "bug", title: "kernel BUG at mm/page_alloc.c:788!", where: "__free_one_page+0x4c1/0x520" },
    ]);
    const [warning, bug] = findComplaints(golden("warning-and-bug.log"));
    expect(warning?.text).toContain("page handed out as zero is not: pfn 0x48210");
    expect(bug?.text).not.toContain("crng init");
  });

  it("keeps a warning with its message where the kernel prints that below (User Mode Linux)", () => {
    const title = "WARNING: CPU: 0 PID: 132 at mm/page_prezero.c:549 __page_prezero_handout+0x268/0x290";
    const message = "pfn 0x2b520 of order 4 is not zero at page 1";
    const cpu = "CPU: 0 UID: 0 PID: 132 Comm: kunit_try_catch 6.12.117 #1";
    const [warning] = findComplaints(["------------[ cut here ]------------", title, message, cpu].join("\n"));
    expect(warning).toMatchObject({ kind: "warning", title });
    expect(warning?.text).toContain(message);
  });

  it("takes a KASAN report from rule to rule", () => {
    const [report, ...others] = findComplaints(golden("kasan.log"));
    expect(others).toEqual([]);
    expect(report?.kind).toBe("sanitizer");
    expect(report?.text).toMatch(/^=+\nBUG: KASAN: slab-use-after-free[\s\S]*Freed by task 64[\s\S]*\n=+$/);
    expect(report?.callTrace[0]).toBe("page_reporting_process+0x1c4/0x6a0");
  });

  it("knows lockups, stalls, hung tasks and the OOM killer, none of which ends a run by itself", () => {
    const found = findComplaints(golden("lockups.log"));
    expect(found.map(({ kind }) => kind)).toEqual(["lockup", "lockup", "hung-task", "out-of-memory"]);
    expect(found.filter(isFatal)).toEqual([]);
    expect(found[0]?.text).not.toContain("somewhere else");
  });

  it("is not fooled by ordinary messages and by words typed at the console", () => {
    expect(findComplaints(golden("quiet-boot.log"))).toEqual([]);
  });

  it("reads the console of a serial line: carriage returns, levels and caller ids", () => {
    const text = "<0>[   12.000001][    T1] Kernel panic - not syncing: Fatal exception in interrupt\r\n";
    expect(findComplaints(text)[0]?.title).toBe("Kernel panic - not syncing: Fatal exception in interrupt");
  });

  it("gives what is there when the console ends in the middle of a report", () => {
    const half = golden("null-dereference.log").split("\n").slice(0, 9).join("\n");
    expect(findComplaints(half)).toMatchObject([{ kind: "oops", where: undefined, callTrace: [] }]);
  });
});
