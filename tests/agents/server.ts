import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface EchoServer {
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly asked: string[];
  ask(path: string): Promise<string>;
  close(): Promise<void>;
}

/** A server that answers each request with its path. */
export async function echoServer(): Promise<EchoServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ path: request.url }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    ask: async (path) => ((await (await fetch(url + path)).json()) as { path: string }).path,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
