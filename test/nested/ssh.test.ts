import type { AddressInfo } from "node:net";
import ssh2 from "ssh2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeUserKeys } from "../../harness/nested/keys.ts";
import { SshConnection } from "../../harness/nested/ssh.ts";

const user = makeUserKeys();
const hostKeys = makeUserKeys();
const hostKey = hostKeys.public.split(" ")[1] ?? "";
let server: ssh2.Server;
let connections: ssh2.Connection[];

/** A server that lets the one user in and answers a handful of commands. */
beforeEach(async () => {
  connections = [];
  server = new ssh2.Server({ hostKeys: [hostKeys.private] }, (client) => {
    connections.push(client);
    client.on("error", () => {});
    client.on("authentication", (context) => {
      const allowed = user.public.split(" ")[1];
      if (context.method === "publickey" && context.key.data.toString("base64") === allowed) context.accept();
      else context.reject(["publickey"]);
    });
    client.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        if (command === "hang") return;
        if (command === "die") return client.end();
        channel.write("out\n");
        channel.stderr.write("err\n");
        if (command === "killed") channel.exit("KILL", false, "");
        else channel.exit(Number(command.split(" ")[1] ?? 0));
        channel.end();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  for (const connection of connections) connection.end();
  server.close();
});

const connect = (change: { privateKey?: string; hostKey?: string } = {}) => {
  const { port } = server.address() as AddressInfo;
  return SshConnection.connect(
    { host: "127.0.0.1", port, user: "root", privateKey: user.private, hostKey, ...change },
    5_000,
  );
};

describe("an SSH connection to a host under test", () => {
  it("gives output, errors and exit code of a command apart", async () => {
    using connection = await connect();
    expect(await connection.exec("exit 7", 5_000)).toEqual({ stdout: "out\n", stderr: "err\n", exitCode: 7 });
  });

  it("passes output on as it comes when asked to", async () => {
    using connection = await connect();
    const heard: string[] = [];
    const answer = await connection.exec("exit 0", 5_000, (chunk, isError) => heard.push(`${isError} ${chunk}`));
    expect(answer).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect(heard.sort()).toEqual(["false out\n", "true err\n"]);
  });

  it("tells a command that a signal ended", async () => {
    using connection = await connect();
    expect(await connection.exec("killed", 5_000)).toMatchObject({ exitCode: 128 });
  });

  it("refuses a host whose key is not the one it was given", async () => {
    const other = makeUserKeys().public.split(" ")[1] ?? "";
    await expect(connect({ hostKey: other })).rejects.toMatchObject({ code: "SSH_CONNECT" });
  });

  it("is refused with another user's key", async () => {
    await expect(connect({ privateKey: makeUserKeys().private })).rejects.toMatchObject({ code: "SSH_CONNECT" });
  });

  it("has a deadline for each command", async () => {
    using connection = await connect();
    await expect(connection.exec("hang", 100)).rejects.toMatchObject({ code: "COMMAND_TIMEOUT" });
  });

  it("fails what runs when it is lost, and whatever is asked afterwards", async () => {
    using connection = await connect();
    await expect(connection.exec("die", 5_000)).rejects.toMatchObject({ code: "SSH_LOST" });
    await connection.closed;
    expect(connection.isOpen).toBe(false);
    await expect(connection.exec("exit 0", 5_000)).rejects.toMatchObject({ code: "SSH_LOST" });
  });
});
