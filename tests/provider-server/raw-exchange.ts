import { connect } from "node:net";

export interface RawExchange {
  /** Every read of the socket. */
  readonly reads: readonly Buffer[];
  /** All reads joined, one character a byte. */
  readonly text: string;
  /** How the connection ended: FIN, RST, or not within the given time. */
  readonly end: "fin" | "reset" | "open";
}

/** Sends a POST over a bare socket and keeps each read apart. */
export async function rawExchange(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  patience = 3000,
): Promise<RawExchange> {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect(Number(port), hostname);
  const reads: Buffer[] = [];
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<RawExchange["end"]>((resolve) => {
    socket.on("data", (bytes) => {
      reads.push(bytes);
      // The last HTTP chunk: what follows on a kept connection is of no interest.
      if (bytes.toString("latin1").endsWith("0\r\n\r\n")) setTimeout(() => resolve("open"), 20);
    });
    socket.on("end", () => resolve("fin"));
    socket.on("error", () => resolve("reset"));
    timer = setTimeout(() => resolve("open"), patience);
  });
  const lines = Object.entries({ "content-type": "application/json", ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(
    `POST ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}\r\n${lines.join("")}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const end = await ended;
  clearTimeout(timer);
  socket.destroy();
  return { reads, text: Buffer.concat(reads).toString("latin1"), end };
}
