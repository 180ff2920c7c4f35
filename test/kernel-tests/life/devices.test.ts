import { describe, expect, test, vi } from "vitest";
import { dimm, growAndShrink, parseResident } from "../../../harness/kernel-tests/life/devices.ts";
import { failedOf, fakeHost, LOOKED } from "./fake-host.ts";

type Answers = Parameters<typeof fakeHost>[0];

/** A monitor that does what it is told. */
function fakeQemu(plugged: (bytes: number) => number = (bytes) => bytes) {
  let bytes = 0;
  const sent: string[] = [];
  const execute = async (command: string, args: { value?: number } = {}) => {
    sent.push(command);
    if (command === "qom-set") bytes = args.value ?? Number.NaN;
    if (command === "query-memory-devices") return [{ type: "virtio-mem", data: { size: plugged(bytes) } }];
    return {};
  };
  const nextEvent = async () => ({ event: "DEVICE_DELETED", data: { device: "dimm" } });
  return { sent, qemu: { qmp: { execute, nextEvent } } as never };
}

describe("a DIMM", () => {
  const run = (change: Answers) => {
    const { sent, qemu } = fakeQemu();
    const host = fakeHost([...change, [/zerocheck/, LOOKED], [/cat .*nr_prezeroed/, "131072\n"]]);
    return { sent, failed: failedOf(dimm({ ...host, qemu })) };
  };

  test("is plugged in, used, and unplugged", async () => {
    const { sent, failed } = run([]);
    expect(await failed).toEqual([]);
    expect(sent).toEqual(["object-add", "device_add", "device_del"]);
  });

  test.each([
    ["does not go online", [[/online_movable/, { exitCode: 1 }]], "online, time 1"],
    ["does not go offline", [[/echo offline/, { exitCode: 1, stderr: "busy" }]], "offline, time 1"],
    ["has no worker", [[/node1.level.*page_prezero.1/, { exitCode: 1 }]], "the node has its files and its worker"],
    [
      "leaves its file or its worker behind",
      [[/ls -d .*page_prezero.node1/, { exitCode: 1 }]],
      "they go with its memory",
    ],
    ["is not cleared", [[/cat .*nr_prezeroed/, "512\n"]], "the worker clears the new node: 512 pages"],
  ] as [string, Answers, string][])("fails when it %s", async (_, change, name) => {
    expect((await run(change).failed)[0]).toBe(name);
  });
});

describe("virtio-mem", () => {
  const failed = (plugged?: (bytes: number) => number) => {
    const { qemu } = fakeQemu(plugged);
    return failedOf(growAndShrink({ ...fakeHost([[/zerocheck/, LOOKED]]), qemu }));
  };

  test("grows and shrinks", async () => {
    expect(await failed()).toEqual([]);
  });

  test("fails when a piece stays in use", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 0 });
    try {
      let looks = 0;
      // The clock stands past the deadline as soon as it is looked at twice.
      const stuck = (bytes: number) => {
        vi.setSystemTime(++looks * 100_000);
        return Math.max(bytes, 2 ** 21);
      };
      expect(await failed(stuck)).toEqual([
        "nothing is left, time 1: 2 MiB",
        "nothing is left, time 2: 2 MiB",
        "nothing is left, time 3: 2 MiB",
      ]);
    } finally {
      vi.useRealTimers();
    }
  });
});

test("what a process has in memory is read from its status", () => {
  expect(parseResident("VmHWM:\t 9000 kB\nVmRSS:\t 1024 kB\nRssAnon:\t 512 kB\n")).toBe(2 ** 20);
  expect(parseResident("Name:\tqemu\n")).toBeNaN();
});
