import { createServer, type Server, type Socket } from "node:net";

/**
 * A unix socket on which the harness listens and QEMU connects, so that nobody polls for a path to appear and a
 * connection is there before QEMU does anything else. Takes exactly one connection.
 */
export class SocketListener implements Disposable {
  readonly path: string;
  readonly connection: Promise<Socket>;
  readonly #server: Server;

  private constructor(path: string, server: Server) {
    this.path = path;
    this.#server = server;
    this.connection = new Promise((resolve) => {
      server.once("connection", (socket) => {
        server.close();
        resolve(socket);
      });
    });
  }

  static async listen(path: string): Promise<SocketListener> {
    const server = createServer();
    const listener = new SocketListener(path, server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, () => resolve());
    });
    return listener;
  }

  [Symbol.dispose](): void {
    this.#server.close();
  }
}
