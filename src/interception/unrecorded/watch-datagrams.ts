import type dgram from "node:dgram";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { callSite } from "../sender-site.ts";
import { type ReportUnrecorded, urlOfPeer } from "./unrecorded-traffic.ts";

type Method = (...args: unknown[]) => unknown;

/** Reports where the UDP sockets that are created from now on send to. Older sockets belong to no cassette. */
export function watchDatagrams(report: ReportUnrecorded): () => void {
  let isOn = true;

  function watch(message: unknown): void {
    const { socket } = message as { readonly socket: dgram.Socket };
    const { send, connect } = socket as unknown as Record<"send" | "connect", Method>;
    let isConnected = false;
    // A socket that is not bound yet calls its own `send` again later.
    const known = new Set<string>();
    const note = (port: unknown, address: unknown, below: Method): void => {
      const url = urlOfPeer("udp", typeof address === "string" ? address : undefined, port as number);
      if (!isOn || known.has(url)) return;
      known.add(url);
      report({ way: "udp", url, site: callSite(below) });
    };
    Object.assign(socket, {
      connect(...args: unknown[]) {
        isConnected = true;
        note(args[0], args[1], this.connect);
        return connect.apply(socket, args);
      },
      send(...args: unknown[]) {
        // A connected socket was reported when it connected.
        if (!isConnected) note(...peerOf(args), this.send);
        return send.apply(socket, args);
      },
    });
  }

  subscribe("udp.socket", watch);
  return () => {
    isOn = false;
    unsubscribe("udp.socket", watch);
  };
}

/** `send(message, offset, length, port, address)`, or the same without `offset` and `length`. */
function peerOf([, offset, length, port, address]: readonly unknown[]): [port: unknown, address: unknown] {
  const isLong = Boolean(address) || (Boolean(port) && typeof port !== "function");
  return isLong ? [port, address] : [offset, length];
}
