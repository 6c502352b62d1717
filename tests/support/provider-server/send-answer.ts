import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Answer, Wire, WireRequest } from "./answer.ts";
import { type Encoding, encodePieces, encodingOf } from "./encode-pieces.ts";
import { layOutPieces } from "./lay-out-pieces.ts";
import type { Receipt } from "./received-request.ts";
import { wait } from "./wait.ts";

/** Everything that one answer is sent with. */
export interface Sending {
  readonly answer: Answer;
  readonly wire: Wire | undefined;
  readonly request: WireRequest;
  readonly response: ServerResponse;
  /** The TCP socket under the response, under TLS too. */
  readonly socket: Socket;
  readonly receipt: Receipt;
  /** Aborted when the connection is gone or the server closes. */
  readonly signal: AbortSignal;
}

/** Milliseconds that bytes get to reach the client before the connection is reset: RST discards what is unread. */
const BEFORE_RESET = 25;

/** Sends an answer as its script says. Resolves when nothing more will be sent. */
export async function sendAnswer(sending: Sending): Promise<void> {
  const { request, response, receipt, signal, socket } = sending;
  const { script } = request;
  if (script.headerDelay !== undefined) await wait(script.headerDelay, signal);
  if (script.ending === "reset-before-headers") return breakOff(receipt, () => socket.resetAndDestroy());
  if (script.ending === "close-before-headers") return breakOff(receipt, () => socket.destroy());
  for (const status of script.informational ?? []) {
    if (status === 102) response.writeProcessing();
    else response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
  }
  if (signal.aborted) return;
  const writes = await startBody(sending);
  const ended = await sendBody(sending, writes);
  if (signal.aborted || !ended) return;
  response.end();
  receipt.outcome = "finished";
  // A length that was a lie leaves the connection unusable; the end of it is all a client can wait for.
  if (script.contentLength !== undefined) response.once("finish", () => socket.end());
}

type Writes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Sends the head of the response and gives the writes of its body. */
async function startBody(sending: Sending): Promise<Writes> {
  const { answer, wire, request, response, signal } = sending;
  const { script } = request;
  const bodiless = request.method === "HEAD" || answer.status === 204 || answer.status === 304;
  const encoding = encodingOf(script, `${request.headers["accept-encoding"] ?? ""}`);
  const laidOut = layOutPieces(answer, wire, request);
  let writes: Writes = encoding === undefined ? laidOut : encodePieces(laidOut, encoding);
  const framing = framingOf(sending);
  let length: number | undefined;
  if (framing === "length") {
    const all: Uint8Array[] = [];
    for await (const write of writes) all.push(write);
    length = all.reduce((sum, write) => sum + write.length, 0);
    writes = all;
  }
  if (framing === "close") {
    response.removeHeader("transfer-encoding");
    response.shouldKeepAlive = false;
  }
  const headers = headersOf(sending, encoding, answer.status === 204 ? undefined : length);
  response.writeHead(answer.status, script.statusText, headers.flat());
  if (bodiless) return [];
  response.flushHeaders();
  await wait(script.pace ?? 0, signal);
  return writes;
}

function framingOf({ answer, request }: Sending): "chunked" | "length" | "close" {
  const { framing, ending } = request.script;
  if (framing === "length" && ending === "endless") return "chunked";
  return framing ?? (answer.streamed ? "chunked" : "length");
}

function headersOf(sending: Sending, encoding: Encoding | undefined, length: number | undefined): string[][] {
  const { script } = sending.request;
  const told = script.contentLength ?? length;
  const type = script.contentType;
  return [
    ...sending.answer.headers
      .filter(([name]) => type === undefined || name.toLowerCase() !== "content-type")
      .map(([name, value]) => [name, value]),
    ...(type === undefined ? [] : [["content-type", type]]),
    ...(encoding === undefined ? [] : [["content-encoding", encoding]]),
    ...(told === undefined ? [] : [["content-length", String(told)]]),
    ...(script.headers ?? []).map(([name, value]) => [name, value]),
  ];
}

/** Resolves to `false` where the script ended the connection in the middle. */
async function sendBody(sending: Sending, writes: Writes): Promise<boolean> {
  const { request, response, receipt, signal, socket } = sending;
  const { script } = request;
  const early = script.ending === "cut" || script.ending === "reset" || script.ending === "hang";
  const limit = early ? (script.endAfter ?? 3) : Number.POSITIVE_INFINITY;
  for await (const write of writes) {
    if (receipt.sent.chunks >= limit) break;
    if (receipt.sent.chunks > 0) await wait(script.pace ?? 0, signal);
    if (script.stall !== undefined && receipt.sent.chunks === script.stall.after)
      await wait(script.stall.ms, signal);
    if (signal.aborted) return false;
    const flowing = response.write(write);
    receipt.sent.chunks += 1;
    receipt.sent.bytes += write.length;
    if (!flowing) await drained(response, signal);
  }
  // Where the length was told, the client has all it waits for, and may close at once.
  if (framingOf(sending) !== "length") await wait(script.pace ?? 0, signal);
  switch (script.ending) {
    case "cut":
      await breakOff(receipt, () => socket.end());
      return false;
    case "reset":
      await wait(BEFORE_RESET, signal);
      await breakOff(receipt, () => socket.resetAndDestroy());
      return false;
    case "hang":
      await aborted(signal);
      return false;
    default:
      return true;
  }
}

async function breakOff(receipt: Receipt, end: () => void): Promise<void> {
  receipt.outcome = "broken";
  end();
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    response.on("drain", done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
