import type { NativeRecord } from "../../harness/native/record.ts";

/** Record of a finished run of nine starts on a made-up machine. */
export function fakeRecord(changes: Partial<NativeRecord> = {}): NativeRecord {
  return {
    schemaVersion: 1,
    kind: "native",
    id: "2001-01-01T00-00-00-native",
    arguments: [],
    commit: null,
    createdAt: "2001-01-01T00:00:00.000Z",
    finishedAt: "2001-01-01T00:05:00.000Z",
    state: "finished",
    failure: null,
    runs: 9,
    memoryBytes: 2 ** 30,
    kernel: {
      base: "6.12",
      release: "6.12.117-native",
      source: { package: "linux-source-6.12", version: "6.12.117-1~deb12u1" },
      compiler: "gcc (fake)",
      imageSha256: "a".repeat(64),
      configSha256: "b".repeat(64),
      patches: ["0001-page-reporting-option.patch", "native-bench.patch"],
    },
    machine: { cpu: "A CPU", cpus: 2, memoryBytes: 2 ** 34, virtualisation: null },
    microcode: "0x1",
    tools: { node: "24.0.0" },
    ...changes,
  };
}
