import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setupServer as setupServer3 } from "msw/node";
import { setupServer as setupServer2 } from "msw-2/node";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { renderTape } from "../../src/format/index.ts";
import { type CassetteHandlersOptions, cassetteHandlers } from "../../src/msw.ts";
import { textOf } from "../contract/support/three-ways.ts";
import { STREAM_CLIENTS } from "../support/clients/index.ts";

/** msw sees these clients in every order of imports. */
const CLIENTS = STREAM_CLIENTS.filter(({ name, globalFetch }) => globalFetch || name === "got stream");
const URL = "http://made-up.example/v1/events";
const TEXT = "data: naïve ☀️\n\ndata: 日本語 🎉\n\n";

const BYTES = new TextEncoder().encode(TEXT);
/** The text in chunks of three bytes, which cut characters. */
const CHUNKS = Array.from({ length: Math.ceil(BYTES.length / 3) }, (_, index) =>
  BYTES.slice(index * 3, index * 3 + 3),
);

const dir = mkdtempSync(join(tmpdir(), "vitest-cassette-msw-"));
writeFileSync(
  join(dir, "tape.yaml"),
  renderTape({
    version: 1,
    interactions: [
      {
        kind: "request",
        at: 0,
        request: { method: "POST", url: URL, headers: [], body: Buffer.from('{"question":1}') },
        response: {
          status: 201,
          statusText: "Created",
          headers: [["content-type", "text/event-stream"]],
          chunks: CHUNKS,
          end: "complete",
        },
      },
    ],
  }),
);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The part of msw's server that both versions share. */
interface MswServer {
  use(...handlers: ReturnType<typeof cassetteHandlers>): void;
  resetHandlers(): void;
  listen(options: { readonly onUnhandledRequest: "error" }): void;
  close(): void;
}

describe.each([
  { version: "msw 3", msw: setupServer3() as MswServer, clients: CLIENTS },
  // With any stream of a handler, msw 2 breaks off the responses of got.
  { version: "msw 2", msw: setupServer2() as unknown as MswServer, clients: CLIENTS.slice(0, 1) },
])("a cassette as handlers of $version", ({ msw, clients }) => {
  afterEach(() => {
    msw.resetHandlers();
    msw.close();
  });

  const play = (options: CassetteHandlersOptions = {}): void => {
    msw.use(...cassetteHandlers("tape", { dir, ...options }));
    msw.listen({ onUnhandledRequest: "error" });
  };
  const ask = (body = '{ "question": 1 }'): Promise<Response> =>
    fetch(URL, { method: "POST", body, headers: { "content-type": "application/json" } });

  test.for(clients)("answers $name with the recorded chunks", async (client) => {
    play();
    const replayed = await client.send({ url: URL, body: '{"question":1}' });
    expect(replayed.status).toBe(201);
    expect(replayed.chunks.map((chunk) => Buffer.from(chunk))).toEqual(
      CHUNKS.map((chunk) => Buffer.from(chunk)),
    );
    expect(textOf(replayed.chunks)).toBe(TEXT);
  });

  test("plays a recording once, or again with repeat: 'last'", async () => {
    play();
    expect(await (await ask()).text()).toBe(TEXT);
    await expect(ask()).rejects.toThrow();
    msw.resetHandlers();
    msw.use(...cassetteHandlers("tape", { dir, repeat: "last" }));
    for (let time = 0; time < 3; time++) expect(await (await ask()).text()).toBe(TEXT);
  });

  test("leaves requests that differ to other handlers", async () => {
    play();
    await expect(ask('{ "question": 2 }')).rejects.toThrow();
    expect(await (await ask()).text()).toBe(TEXT);
  });
});

test("a cassette that does not exist is an error that says what to do", () => {
  expect(() => cassetteHandlers("none", { dir })).toThrow(
    expect.objectContaining({ code: "CASSETTE_MISSING", message: expect.stringContaining("RECORD=1") }),
  );
});
