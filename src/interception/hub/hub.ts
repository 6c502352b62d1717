import net from "node:net";
import { connectUnseen } from "../connect-unseen.ts";
import { hubServer, newToken, type ServeConnection, type ServeRequests } from "./hub-server.ts";

/** Opens a connection to the hub, for a client that we redirect there. It is still connecting. */
export function connectToHub(serve: ServeConnection): net.Socket {
  const { port, connections } = hubServer();
  const token = newToken();
  connections.set(token, serve);
  const socket = new net.Socket();
  socket.once("close", () => connections.delete(token));
  connectUnseen(socket, port);
  socket.write(token);
  return socket;
}

/** Returns the origin and path of a base URL at the hub, which ends in a slash. Requests under it are for `serve`. */
export function baseUrlAtHub(serve: ServeRequests): string {
  const { port, requests } = hubServer();
  const token = newToken();
  requests.set(token, serve);
  return `http://127.0.0.1:${port}/${token}/`;
}

/** Whether a URL begins with one of {@link baseUrlAtHub}. */
export function leadsToHub(url: string): boolean {
  const [, port, token = ""] = /^http:\/\/127\.0\.0\.1:(\d+)\/([0-9a-f]{32})\//.exec(url) ?? [];
  return port !== undefined && hubServer().requests.has(token);
}
