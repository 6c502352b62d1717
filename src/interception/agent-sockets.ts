import http from "node:http";
import type net from "node:net";
import { replaceProperty } from "./patched-place.ts";

type AddRequest = (this: http.Agent, request: http.ClientRequest, ...rest: unknown[]) => unknown;
type Created = (error: unknown, socket?: net.Socket) => unknown;
type CreateSocket = (this: http.Agent, request: unknown, options: unknown, created: Created) => unknown;

/**
 * Keeps the agents of `node:http` from reusing a connection after the patches changed: we would not see a request
 * on an older connection, and a connection that we answered leads to no server.
 *
 * @returns a function that stops this
 */
export function separateAgentSockets(): () => void {
  const fresh = new WeakSet<net.Socket>();
  const agents = new Set<http.Agent>();
  const prototype = http.Agent.prototype as unknown as Record<string, unknown>;
  const { addRequest, createSocket } = prototype as { addRequest?: AddRequest; createSocket?: CreateSocket };
  if (addRequest === undefined || createSocket === undefined) return () => undefined;
  let isOn = true;

  function create(this: http.Agent, request: unknown, options: unknown, created: Created): unknown {
    return createSocket?.call(this, request, options, (error, socket) => {
      if (socket) fresh.add(socket);
      return created(error, socket);
    });
  }

  function add(this: http.Agent, request: http.ClientRequest, ...rest: unknown[]): unknown {
    if (isOn) {
      agents.add(this);
      for (const socket of all(this.freeSockets)) if (!fresh.has(socket)) socket.destroy();
    }
    return addRequest?.call(this, request, ...rest);
  }

  const undo = [
    replaceProperty(prototype, "createSocket", create),
    replaceProperty(prototype, "addRequest", add),
  ];
  return () => {
    isOn = false;
    for (const each of undo.reverse()) each();
    for (const { freeSockets, sockets } of agents) {
      for (const socket of all(freeSockets)) if (fresh.has(socket)) socket.destroy();
      for (const socket of all(sockets)) if (fresh.has(socket)) closeAfterRequest(socket);
    }
  };
}

function all(sockets: NodeJS.ReadOnlyDict<net.Socket[]>): readonly net.Socket[] {
  return Object.values(sockets).flatMap((each) => each ?? []);
}

/** An agent destroys a connection whose request does not ask to keep it. */
function closeAfterRequest(socket: net.Socket): void {
  const { _httpMessage: request } = socket as { _httpMessage?: http.ClientRequest | null };
  if (request) request.shouldKeepAlive = false;
}
