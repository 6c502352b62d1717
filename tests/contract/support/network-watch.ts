import { createHook } from "node:async_hooks";
import { once } from "node:events";
import net from "node:net";

/** What this process did with the network while it was watched. */
export interface NetworkUse {
  /** Connections that the system was asked for. */
  connections: number;
  /** Names that the system or a name server was asked for. */
  lookups: number;
}

interface TcpHandle {
  connect(...args: unknown[]): unknown;
  connect6(...args: unknown[]): unknown;
}

/** Runs `work` and tells what it did with the network, below whatever patches `net` or `dns`. */
export async function watchNetwork(work: () => Promise<unknown>): Promise<NetworkUse> {
  const use: NetworkUse = { connections: 0, lookups: 0 };
  const prototype = await tcpPrototype();
  const { connect, connect6 } = prototype;
  prototype.connect = function (...args) {
    use.connections++;
    return connect.apply(this, args);
  };
  prototype.connect6 = function (...args) {
    use.connections++;
    return connect6.apply(this, args);
  };
  const hook = createHook({
    init(_, type) {
      if (/^(GETADDRINFOREQWRAP|GETNAMEINFOREQWRAP|QUERYWRAP)$/.test(type)) use.lookups++;
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
    Object.assign(prototype, { connect, connect6 });
  }
  return use;
}

/** The class of Node's TCP handles, which has no other door. */
async function tcpPrototype(): Promise<TcpHandle> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const handle = (server as unknown as { _handle: TcpHandle })._handle;
  server.close();
  return Object.getPrototypeOf(handle) as TcpHandle;
}
