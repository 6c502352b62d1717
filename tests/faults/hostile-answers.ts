import { deflateSync, gzipSync } from "node:zlib";
import { chunk, head, LAST_CHUNK, type RawAnswer, type Wire } from "./raw-server.ts";

const SSE = "content-type: text/event-stream";
const CHUNKED = "transfer-encoding: chunked";

/** An answer whose parts are read apart. */
function parts(...bytes: readonly (string | Uint8Array)[]): RawAnswer {
  return async (wire) => {
    for (const part of bytes) {
      await wire.write(part);
      await wire.pause();
    }
    wire.end();
  };
}

function thenReset(...bytes: readonly (string | Uint8Array)[]): RawAnswer {
  return async (wire) => {
    for (const part of bytes) {
      await wire.write(part);
      await wire.pause();
    }
    wire.reset();
  };
}

async function forEver(wire: Wire, line: (index: number) => string): Promise<void> {
  for (let index = 0; ; index++) await wire.write(line(index));
}

const event = (text: string): string => `data: {"choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`;

/** What a provider, a proxy or a broken server might answer, byte by byte. */
export const HOSTILE_ANSWERS: Readonly<Record<string, RawAnswer>> = {
  "headers without end": (wire) =>
    forEver(wire, (index) => (index === 0 ? "HTTP/1.1 200 OK\r\n" : `x-${index}: ${"a".repeat(200)}\r\n`)),
  "one header without end": (wire) =>
    forEver(wire, (index) => (index === 0 ? "HTTP/1.1 200 OK\r\nx-a: " : "a".repeat(1000))),
  "headers just below the limit": parts(
    head(...Array.from({ length: 60 }, (_, index) => `x-${index}: ${"a".repeat(200)}`), CHUNKED),
    chunk("body"),
    LAST_CHUNK,
  ),
  "a header value that is no ASCII": parts(head("x-odd: caf\xe9 \xff", CHUNKED), chunk("body"), LAST_CHUNK),
  "no HTTP at all": parts("SSH-2.0-OpenSSH_9.6\r\n"),
  "a status of four digits": parts("HTTP/1.1 2000 OK\r\nconnection: close\r\n\r\nbody"),
  "a reason phrase that is no ASCII": parts(
    `HTTP/1.1 200 ${"\xe9".repeat(20)}\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbody`,
  ),
  "a reason phrase in Chinese": parts(
    `HTTP/1.1 200 ${Buffer.from("\u6210\u529f").toString("latin1")}\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbody`,
  ),
  "a status that nobody knows": parts(
    "HTTP/1.1 999 Denied\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbody",
  ),
  "a hundred early responses": parts(
    "HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n".repeat(100),
    head("content-length: 4"),
    "body",
  ),
  "invalid UTF-8 in events": parts(
    head(SSE, CHUNKED),
    chunk(event("a\xff\xfe\xc3")),
    chunk(event("\xf0\x9f")),
    chunk(event("\x98\x80 \xed\xa0\x80")),
    LAST_CHUNK,
  ),
  "NUL and controls in events": parts(head(SSE, CHUNKED), chunk(event("\0\x01\x1b[2J\x7f\x85")), LAST_CHUNK),
  "events that are said to be JSON": parts(
    head("content-type: application/json", CHUNKED),
    chunk(event("one")),
    chunk(event("two")),
    LAST_CHUNK,
  ),
  "a picture that is said to be events": parts(
    head(SSE, CHUNKED),
    chunk(Uint8Array.from({ length: 300 }, (_, index) => (index * 37) % 256)),
    LAST_CHUNK,
  ),
  "JSON of another length than is said, longer": parts(
    head("content-type: application/json", "content-length: 5"),
    '{"a":1,"b":2}',
  ),
  "JSON of another length than is said, shorter": parts(
    head("content-type: application/json", "content-length: 500"),
    '{"a":1,"b":2}',
  ),
  "a length that is no number": parts(head("content-length: many"), "body"),
  "two lengths": parts(head("content-length: 4", "content-length: 5"), "body!"),
  "a length and chunks": parts(head("content-length: 4", CHUNKED), chunk("longer than four"), LAST_CHUNK),
  "a chunk whose size is no number": parts(head(SSE, CHUNKED), chunk(event("one")), "zz\r\nbody\r\n"),
  "a chunk of more than all memory": parts(
    head(SSE, CHUNKED),
    chunk(event("one")),
    "ffffffffffffffff\r\nbody\r\n",
  ),
  "a content type of words": parts(
    head("content-type: ;;;=,text event;charset", CHUNKED),
    chunk(event("one")),
    LAST_CHUNK,
  ),
  "an encoding that is not there": parts(
    head("content-type: application/json", "content-encoding: gzip", CHUNKED),
    chunk('{"plain":true}'),
    LAST_CHUNK,
  ),
  "an encoding that nobody knows": parts(head("content-encoding: rot13", CHUNKED), chunk("obql"), LAST_CHUNK),
  "an encoding that breaks off": parts(
    head(SSE, "content-encoding: gzip", CHUNKED),
    chunk(gzipSync(event("one").repeat(50)).subarray(0, 60)),
    LAST_CHUNK,
  ),
  "an encoding nobody asked for": parts(
    head(SSE, "content-encoding: deflate", CHUNKED),
    chunk(deflateSync(event("one").repeat(3))),
    LAST_CHUNK,
  ),
  "a reset in the middle of a chunk": thenReset(
    head(SSE, CHUNKED),
    chunk(event("one")),
    `40\r\n${event("two").slice(0, 20)}`,
  ),
  "a reset in the middle of the headers": thenReset("HTTP/1.1 200 OK\r\nx-a: b"),
  "an end in the middle of a chunk": parts(
    head(SSE, CHUNKED),
    chunk(event("one")),
    `40\r\n${event("two").slice(0, 20)}`,
  ),
  "a reset without a word": thenReset(),
};
