import type { IncomingMessage } from "node:http";

/** A request as it arrived, and how far its answer went. */
export interface ReceivedRequest {
  readonly method: string;
  /** As in the request line: path and query. */
  readonly url: string;
  /** Names in lower case, repeated lines joined as Node joins them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Header lines in order with their case. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  /** What has arrived of the body, after transfer encoding. */
  readonly body: Uint8Array;
  /** `false` while the body is under way, and for good where the client gave up before its end. */
  readonly complete: boolean;
  /** What was handed to the socket of the answer's body. */
  readonly sent: { readonly chunks: number; readonly bytes: number };
  /**
   * `open` while answering, `finished` after a whole answer, `broken` where the script ended it, and
   * `client-gone` where the client closed the connection first.
   */
  readonly outcome: "open" | "finished" | "broken" | "client-gone";
}

/** The server's own, writable view of a {@link ReceivedRequest}. */
export type Receipt = { -readonly [Key in keyof ReceivedRequest]: ReceivedRequest[Key] } & {
  sent: { chunks: number; bytes: number };
};

export function receiptOf(message: IncomingMessage): Receipt {
  const rawHeaders: [string, string][] = [];
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    rawHeaders.push([message.rawHeaders[index] ?? "", message.rawHeaders[index + 1] ?? ""]);
  }
  return {
    method: message.method ?? "",
    url: message.url ?? "",
    headers: { ...message.headers },
    rawHeaders,
    body: new Uint8Array(),
    complete: false,
    sent: { chunks: 0, bytes: 0 },
    outcome: "open",
  };
}

/** Reads the body into the receipt. Resolves to `false` where the client gave up before its end. */
export async function receiveBody(message: IncomingMessage, receipt: Receipt): Promise<boolean> {
  const parts: Uint8Array[] = [];
  message.on("data", (part: Uint8Array) => {
    parts.push(part);
    receipt.body = Buffer.concat(parts);
  });
  const whole = await new Promise<boolean>((resolve) => {
    message.on("end", () => resolve(true));
    message.on("error", () => resolve(false));
    message.on("close", () => resolve(message.complete));
  });
  receipt.complete = whole;
  return whole;
}
