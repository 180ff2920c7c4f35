#!/usr/bin/env node
/**
 * A QEMU that is none: it connects to the sockets that its arguments name, speaks QMP, prints a host's console and
 * offers an SSH server in the host's place. FAKE_QEMU, or else the file name given with -kernel, chooses how it behaves.
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { startFakeHost } from "./host-ssh.ts";

const golden = (name: string) => readFileSync(join(import.meta.dirname, "../golden/console", name), "utf8");
const READY = `fake-qemu: process ${process.pid}\n[    0.900000] kvm_amd: Nested Virtualization enabled\nprezero-init: ready after 1.84 s\n`;

const argv = process.argv.slice(2);
const after = (option: string) => argv[argv.indexOf(option) + 1] ?? "";
const chardev = (id: string, key: string) => {
  const options = argv.find((word) => word.startsWith(`socket,id=${id},`))?.split(",") ?? [];
  return options.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
};
if (argv[0] === "--version") {
  console.log("QEMU emulator version 7.2.22 (Fake)");
  process.exit(0);
}
// Asked about its CPU models: it has one, without the feature foo.
if (argv.join(" ") === "-cpu help") {
  console.log("Available CPUs:\nx86 max                   Enables all features");
  process.exit(0);
}
if (after("-qmp") === "stdio") {
  const unknown = after("-cpu").includes("foo");
  if (unknown) console.error("qemu-system-x86_64: Property 'max-x86_64-cpu.foo' not found");
  process.exit(unknown ? 1 : 0);
}

const behaviour = process.env.FAKE_QEMU || basename(after("-kernel"));

if (behaviour === "early-exit") {
  process.stderr.write("qemu-system-x86_64: -device intel-iommu: no such property\n");
  process.exit(1);
}

const serial = connect(chardev("console", "path"));
const print = (text: string) => serial.write(text);

if (behaviour !== "no-connect") speakQmp(connect(chardev("qmp", "path")));
// The harness dying must end this process by the parent-death signal, not by a closed socket.
setInterval(() => {}, 1_000);

function speakQmp(socket: Socket): void {
  socket.on("error", () => {});
  if (behaviour === "no-greeting") return;
  if (behaviour === "garbage") {
    socket.write("SSH-2.0-OpenSSH_9.2\r\n");
    return;
  }
  if (behaviour === "endless-line") {
    socket.write(Buffer.alloc(11 * 2 ** 20, "x"));
    return;
  }
  const say = (message: object) => socket.write(`${JSON.stringify(message)}\n`);
  const version = { qemu: { micro: 22, minor: 2, major: 7 }, package: "Fake" };
  say({ QMP: { version, capabilities: ["oob"] } });
  createInterface(socket).on("line", async (line) => {
    const { execute, id } = JSON.parse(line) as { execute: string; id: number };
    if (execute === "quit") {
      say({ return: {}, id });
      say({ event: "SHUTDOWN", data: { guest: false }, timestamp: { seconds: 1, microseconds: 2 } });
      serial.end();
      socket.end(() => process.exit(0));
    } else if (execute === "query-kvm") {
      say({ return: { enabled: false, present: true }, id });
      if (behaviour === "panic") print(golden("panic-no-init.log"));
      if (behaviour === "panic") setTimeout(() => process.exit(0), 50);
      if (behaviour === "crash") process.kill(process.pid, "SIGSEGV");
      if (behaviour === "reset") {
        const data = { guest: true, reason: "guest-reset" };
        say({ event: "SHUTDOWN", data, timestamp: { seconds: 1, microseconds: 2 } });
        socket.end(() => process.exit(0));
      }
    } else if (execute === "human-monitor-command") {
      const port = await startFakeHost(after("-initrd"), behaviour, { print, golden });
      if (!["silent", "panic"].includes(behaviour)) print(READY);
      const forward = `  TCP[HOST_FORWARD]  12       127.0.0.1 ${port}       10.0.2.15    22     0     0\r\n`;
      say({ return: `Hub -1 (net):\r\n${forward}`, id });
    } else if (execute === "qmp_capabilities") {
      say({ return: {}, id });
    } else {
      say({ error: { class: "CommandNotFound", desc: `The command ${execute} has not been found` }, id });
    }
  });
}
