import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLIENTS, STREAM_CLIENTS } from "../support/clients/index.ts";
import { type ProviderServer, type Script, startProviderServer } from "../support/provider-server/index.ts";
import { chatRequest } from "./support/endings.ts";
import { writeTape } from "./support/hand-written-tape.ts";
import { testCassette } from "./support/taping.ts";
import { expectAllSame, textOf, threeWays } from "./support/three-ways.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const CUTS: readonly (readonly [string, Script, (chunks: readonly Uint8Array[]) => boolean])[] = [
  ["byte by byte", { cut: "byte", tokens: 1 }, (chunks) => chunks.every(({ length }) => length === 1)],
  ["inside characters", { cut: "character" }, (chunks) => chunks.some((chunk) => chunk[0] === 0x80 + 0x1f)],
  ["between CR and LF", { cut: "crlf", eol: "crlf" }, (chunks) => chunks.some((chunk) => chunk[0] === 0x0a)],
  ["at line ends of CR", { eol: "cr" }, (chunks) => textOf(chunks).includes("\r\r")],
  [
    "after every fourth event",
    { cut: { events: 4 } },
    ([first = new Uint8Array()]) => textOf([first]).match(/^data:/gm)?.length === 4,
  ],
  ["nowhere", { cut: "joined" }, (chunks) => chunks.length === 1],
  ["after a byte order mark", { bom: true }, (chunks) => chunks[0]?.[0] === 0xef],
];

describe.for(STREAM_CLIENTS)("$name", (client) => {
  test.for(CUTS)("gets the chunks of a stream that is cut %s", async ([, script, isCut]) => {
    const text = "naïve ☀️ 日本語 🎉";
    const all = await threeWays(client, server, () => chatRequest(server.url, { text, ...script }));
    expectAllSame(all);
    expect(isCut(all.live.chunks)).toBe(true);
    expect(all.tape[0]?.response.chunks).toEqual(all.live.chunks);
  });

  test("gets large binary bodies byte for byte", async () => {
    const url = `${server.url}/bytes?size=100000&chunk=30000`;
    const { live, recorded, replayed, tape } = await threeWays(client, server, () => ({ url }));
    expect(Buffer.concat(live.chunks)).toHaveLength(100_000);
    // As text: Vitest compares arrays of bytes index by index.
    const binary = (chunks: readonly Uint8Array[]) =>
      chunks.map((chunk) => Buffer.from(chunk).toString("latin1"));
    expect(binary(recorded.chunks).join("")).toBe(binary(live.chunks).join(""));
    // Chunks of this size arrive in pieces, by chance: what counts is what was read while recording.
    expect(binary(tape[0]?.response.chunks ?? [])).toEqual(binary(recorded.chunks));
    expect(binary(replayed.chunks).join("")).toBe(binary(live.chunks).join(""));
  });

  test("reads five chunks of one moment as five", async () => {
    using cassette = testCassette();
    const url = "http://made-up.example/v1/events";
    const events = [1, 2, 3, 4, 5].map((n) => `data: ${n}\n\n`);
    writeTape(cassette.dir, { url, events });
    const { chunks } = await cassette.play(() => client.send({ url }));
    expect(chunks.map((chunk) => textOf([chunk]))).toEqual(events);
  });
});

describe.for(CLIENTS)("$name", (client) => {
  test.for(["gzip", "br", "deflate"] as const)("gets a body that is %s all the same", async (encoding) => {
    const all = await threeWays(client, server, () => chatRequest(server.url, { encoding }));
    expectAllSame(all);
    const response = all.tape[0]?.response;
    expect(response?.headers).toContainEqual(["content-encoding", encoding]);
    // The global fetch never shows the encoded bytes, and clients on sockets have to see them.
    expect(response?.decoded ?? false).toBe(client.globalFetch);
    if (client.globalFetch) expect(textOf(response?.chunks ?? [])).toContain("[DONE]");
  });

  test("gets an encoded body of known length", async () => {
    const script: Script = { encoding: "gzip", framing: "length" };
    expectAllSame(await threeWays(client, server, () => chatRequest(server.url, script)));
  });

  test("gets the decoded part of an encoded body that is cut", async () => {
    // Decoding is done in another thread, and what is not done by the cut is lost: it gets some time, in the replay, too.
    const script: Script = { encoding: "gzip", ending: "cut", pace: 40 };
    const request = () => chatRequest(server.url, script);
    expectAllSame(await threeWays(client, server, request, { pacing: "recorded" }));
  });

  test("asks for no encoding while recording", async () => {
    const request = chatRequest(server.url, { encoding: "accepted" });
    const accepting = { ...request, headers: { ...request.headers, "accept-encoding": "gzip" } };
    const { live, recorded, replayed, tape } = await threeWays(client, server, () => accepting);
    expect(server.requests.at(-1)?.headers["accept-encoding"]).toBe("identity");
    expect(tape[0]?.response.headers.map(([name]) => name)).not.toContain("content-encoding");
    expect(textOf(recorded.chunks)).toContain("[DONE]");
    expect(replayed.chunks).toEqual(recorded.chunks);
    if (client.decodes) expect(textOf(recorded.chunks)).toBe(textOf(live.chunks));
  });
});
