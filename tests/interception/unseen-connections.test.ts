import { once } from "node:events";
import net from "node:net";
import { expect, test, vi } from "vitest";
import { whenConnecting } from "../../src/interception/when-connecting.ts";

test("our own connections open nothing, also not what the code of an earlier test file waits with", async () => {
  const server = net.createServer((socket) => socket.end());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as net.AddressInfo;
  const open = vi.fn(() => () => undefined);
  const waiting = whenConnecting(open);
  try {
    // In vm pools, each test file loads this module again.
    vi.resetModules();
    const { connectUnseen } = await import("../../src/interception/connect-unseen.ts");
    const socket = new net.Socket();
    connectUnseen(socket, port);
    await once(socket, "connect");
    expect(open).not.toHaveBeenCalled();
    await once(net.connect(port, "127.0.0.1"), "connect");
    expect(open).toHaveBeenCalledTimes(1);
  } finally {
    waiting.close();
    server.close();
  }
});
