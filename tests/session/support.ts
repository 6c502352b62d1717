import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import zlib from "node:zlib";
import { expect } from "vitest";
import { type Interaction, interactionsOf, type RecordedResponse } from "../../src/cassette/model.ts";
import { type Cassette, type CoreCassetteOptions, withCassette } from "../../src/core.ts";
import { parseTape, renderTape } from "../../src/format/index.ts";
import { FileStore } from "../../src/storage/file-store.ts";
import type { Client, ClientRequest, ClientResult } from "../support/clients/client.ts";
import { globalFetchClient } from "../support/clients/fetch-clients.ts";
import { nodeHttpClient } from "../support/clients/node-http-clients.ts";

/** One client for each seam. */
export const SEAMS: readonly Client[] = [globalFetchClient, nodeHttpClient];

/** Plain http, so that `node:http` can send it too; never reached. */
export const CHAT_URL = "http://api.openai.com/v1/chat/completions";
export const MESSAGES_URL = "http://api.anthropic.com/v1/messages";

export interface Tapes extends Disposable {
  readonly dir: string;
  /** Writes a tape as its text. */
  write(name: string, text: string): void;
  /** Writes a tape of these interactions. */
  tape(name: string, interactions: readonly Interaction[], head?: object): void;
  read(name: string): string;
  interactions(name: string): readonly Interaction[];
  /** `withCassette` on these tapes. */
  play<T>(
    name: string,
    options: CoreCassetteOptions,
    body: (cassette: Cassette) => T | Promise<T>,
  ): Promise<T>;
}

/** A folder of tapes of its own. */
export function tapes(): Tapes {
  const dir = mkdtempSync(join(tmpdir(), "cassette-session-"));
  const path = (name: string): string => join(dir, `${name}.yaml`);
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  const read = (name: string): string => readFileSync(path(name), "utf8");
  return {
    dir,
    write,
    read,
    tape: (name, interactions, head = {}) => write(name, renderTape({ version: 1, ...head, interactions })),
    interactions: (name) =>
      interactionsOf(
        parseTape(read(name), {
          file: name,
          openBody: (...body) => new FileStore({ folder: dir }).openBody(path(name), ...body),
        }),
      ),
    play: (name, options, body) => withCassette(name, { dir, ...options }, body),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** An interaction of a bodyless POST, unless the parts say otherwise. */
export function interaction(url: string, response: Partial<RecordedResponse>, body?: unknown): Interaction {
  return {
    kind: "request",
    at: 0,
    request: {
      method: "POST",
      url,
      headers: body === undefined ? [] : [["content-type", "application/json"]],
      ...(body === undefined ? {} : { body: bytes(JSON.stringify(body)) }),
    },
    response: {
      status: 200,
      statusText: "OK",
      headers: [["content-type", "text/event-stream; charset=utf-8"]],
      chunks: [],
      end: "complete",
      ...response,
    },
  };
}

export function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

export function text(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString("utf8");
}

/** A chat stream of these pieces of text, an event each, closed by `[DONE]`. */
export function chatEvents(...contents: readonly string[]): Uint8Array[] {
  const events = contents.map((content) =>
    JSON.stringify({
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [{ index: 0, delta: { content } }],
    }),
  );
  return [...events, "[DONE]"].map((data) => bytes(`data: ${data}\n\n`));
}

/** Sends a request that stands on the tape, and reads the answer. */
export function send(client: Client, url: string, more: Partial<ClientRequest> = {}): Promise<ClientResult> {
  return client.send({ url, ...more });
}

/** Resolves when the condition holds; by real time, whatever a test has faked. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = realNow() + 20_000;
  while (!condition()) {
    if (realNow() > deadline) throw new Error("Waited in vain.");
    await new Promise((resolve) => realSetImmediate(resolve));
  }
}

const realSetImmediate = setImmediate;
const realNow = performance.now.bind(performance);

/**
 * Through sockets a chunk takes some turns of the event loop, each a fake millisecond, and more on a busy machine; fetch
 * is exact.
 */
export function expectTimes(client: Client, times: readonly number[], recorded: readonly number[]): void {
  const late = client.globalFetch ? 0 : 15;
  expect(times).toHaveLength(recorded.length);
  times.forEach((time, index) => {
    const due = Math.round(recorded[index] as number);
    expect(Math.round(time)).toBeGreaterThanOrEqual(due);
    expect(Math.round(time)).toBeLessThanOrEqual(due + late);
  });
}

/** As a server that flushes after each event. */
export async function gzipEach(events: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const gzip = zlib.createGzip();
  const parts: Uint8Array[] = [];
  const chunks: Uint8Array[] = [];
  gzip.on("data", (part: Uint8Array) => parts.push(part));
  for (const event of events) {
    gzip.write(event);
    await new Promise<void>((resolve) => gzip.flush(() => resolve()));
    chunks.push(Buffer.concat(parts.splice(0)));
  }
  return chunks;
}
