import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { HttpResponse, http } from "msw";
import { setupServer as setupServer3 } from "msw/node";
import { setupServer as setupServer2 } from "msw-2/node";
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Interaction } from "../../src/cassette/model.ts";
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

/** A cassette of several requests, played to `fetch` by msw 3. */
describe("a cassette of several requests as handlers", () => {
  const server = setupServer3() as MswServer;
  const at = (path: string): string => `http://made-up.example${path}`;
  const json = (body: string): Pick<Interaction["response"], "headers" | "chunks"> => ({
    headers: [["content-type", "application/json"]],
    chunks: [Buffer.from(body)],
  });
  const interaction = (path: string, response: Partial<Interaction["response"]> = {}): Interaction => ({
    kind: "request",
    at: 0,
    request: { method: path === "/head" ? "HEAD" : "GET", url: at(path), headers: [] },
    response: { status: 200, statusText: "OK", headers: [], chunks: [], end: "complete", ...response },
  });
  writeFileSync(
    join(dir, "several.yaml"),
    renderTape({
      version: 1,
      interactions: [
        interaction("/first", { ...json("1"), statusText: "Fine" }),
        interaction("/second", json("2")),
        interaction("/kept?key=[redacted]", json("kept")),
        interaction("/secret", json('{"key":"<redacted:made-up-api-key>"}')),
        interaction("/none", { status: 204, statusText: "No Content" }),
        interaction("/head", json("no body")),
        interaction("/decoded", {
          headers: [
            ["content-encoding", "gzip"],
            ["content-length", "3"],
          ],
          chunks: [Buffer.from("plain text")],
          decoded: true,
        }),
        interaction("/encoded", { headers: [["content-encoding", "gzip"]], chunks: [gzipSync("text")] }),
        interaction("/stream", { chunks: [Buffer.from("aa"), Buffer.from("bb")] }),
        interaction("/refused", { status: 0, error: { message: "refused", code: "ECONNREFUSED" } }),
      ],
    }),
  );

  const play = (options: CassetteHandlersOptions = {}): void => {
    server.use(...cassetteHandlers("several", { dir, ...options }));
    server.listen({ onUnhandledRequest: "error" });
  };
  const get = async (path: string, init?: RequestInit): Promise<string> =>
    (await fetch(at(path), init)).text();

  afterEach(() => {
    server.resetHandlers();
    server.close();
  });

  test("plays them in any order, or only in the recorded one", async () => {
    play();
    expect([await get("/second"), await get("/first")]).toEqual(["2", "1"]);
    server.resetHandlers();
    server.use(...cassetteHandlers("several", { dir, order: "recorded" }));
    await expect(get("/second")).rejects.toThrow();
    expect([await get("/first"), await get("/second")]).toEqual(["1", "2"]);
  });

  test("finds a request whose secrets the cassette does not hold", async () => {
    play();
    expect(await get("/kept?key=AIzaSy-this-is-a-key-of-somebody")).toBe("kept");
  });

  test("puts the values of the environment back with redact.restore", async () => {
    vi.stubEnv("MADE_UP_API_KEY", "the-key-of-this-machine");
    onTestFinished(() => void vi.unstubAllEnvs());
    play({ redact: { restore: true } });
    expect(await get("/secret")).toBe('{"key":"the-key-of-this-machine"}');
  });

  test("gives the recorded status, and no body if there was none", async () => {
    play();
    const first = await fetch(at("/first"));
    expect([first.statusText, first.headers.get("content-type")]).toEqual(["Fine", "application/json"]);
    expect([(await fetch(at("/none"))).status, await get("/head", { method: "HEAD" })]).toEqual([204, ""]);
  });

  test("gives compressed bodies as they were, and decoded ones without the headers of compressed ones", async () => {
    play();
    expect(await get("/encoded")).toBe("text");
    const decoded = await fetch(at("/decoded"));
    expect([await decoded.text(), decoded.headers.get("content-encoding")]).toEqual(["plain text", null]);
    expect(decoded.headers.get("content-length")).toBe(null);
  });

  test("fails if the recorded connection failed", async () => {
    play();
    await expect(get("/refused")).rejects.toThrow();
  });

  test("takes the options of a replay, and refuses others", async () => {
    play({ chunks: "bytes" });
    const chunks: string[] = [];
    for await (const chunk of (await fetch(at("/stream"))).body as ReadableStream<Uint8Array>)
      chunks.push(Buffer.from(chunk).toString());
    expect(chunks).toEqual(["a", "a", "b", "b"]);

    const warn = vi.spyOn(console, "warn").mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    server.use(...cassetteHandlers("several", { dir, fault: { kind: "reset", after: { chunks: 2 } } }));
    // Too short for the fault.
    expect(await get("/first")).toBe("1");
    expect(warn.mock.calls.join()).toContain("fault");
    await expect(get("/stream")).rejects.toThrow();

    expect(() => cassetteHandlers("several", { dir, reapeat: "last" } as never)).toThrow(
      "Failed to read the options of cassetteHandlers(): Unknown option reapeat. Did you mean repeat?",
    );
    expect(() => cassetteHandlers("several", { dir, mode: "hybrid" } as never)).toThrow(
      "Unknown option mode.",
    );
  });

  test("leaves the body of a request to later handlers", async () => {
    play();
    server.resetHandlers();
    const behind = http.post(at("/other"), async ({ request }) => HttpResponse.text(await request.text()));
    server.use(...cassetteHandlers("several", { dir }), behind);
    expect(await get("/other", { method: "POST", body: "to whom it may concern" })).toBe(
      "to whom it may concern",
    );
  });
});
