import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cut, type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { ask, CHAT, dataOf } from "./ask.ts";
import { rawExchange } from "./raw-exchange.ts";

let server: ProviderServer;
let whole: Buffer;
beforeAll(async () => {
  server = await startProviderServer();
  whole = Buffer.concat((await ask(`${server.url}/v1/chat/completions`, CHAT)).chunks);
});
afterAll(() => server.close());

const sizes = (chunks: readonly Uint8Array[]): readonly number[] => chunks.map((chunk) => chunk.length);

async function chunksWith(cut: Cut): Promise<readonly Uint8Array[]> {
  const { chunks } = await ask(`${server.url}/v1/chat/completions`, CHAT, { cut });
  expect(Buffer.concat(chunks).equals(whole)).toBe(true);
  return chunks;
}

test("without a cut every event is one read", async () => {
  const chunks = await chunksWith("event");
  expect(chunks).toHaveLength(dataOf(whole.toString()).length);
  for (const chunk of chunks) expect(Buffer.from(chunk).toString()).toMatch(/^data: .*\n\n$/);
});

test("one byte at a time", async () => {
  expect(new Set(sizes(await chunksWith("byte")))).toEqual(new Set([1]));
});

test("by one size and by sizes in turn", async () => {
  const fixed = sizes(await chunksWith(100));
  expect(new Set(fixed.slice(0, -1))).toEqual(new Set([100]));
  expect(sizes(await chunksWith([1, 250, 3]))).toEqual([1, 250, 3, whole.length - 254]);
});

test("several events in one chunk, and all of them", async () => {
  const chunks = await chunksWith({ events: 4 });
  expect(dataOf(Buffer.from(chunks[0] ?? []).toString())).toHaveLength(4);
  expect(await chunksWith("joined")).toHaveLength(1);
});

test("inside every character of several bytes", async () => {
  const chunks = await chunksWith("character");
  const continued = chunks.filter((chunk) => ((chunk[0] ?? 0) & 0xc0) === 0x80);
  const characters = whole.toString().match(/\P{ASCII}/gu) ?? [];
  expect(characters.length).toBeGreaterThan(10);
  expect(continued).toHaveLength(characters.length);
});

test("between every CR and LF", async () => {
  const path = `${server.url}/v1beta/models/m:streamGenerateContent?alt=sse`;
  const { chunks, text } = await ask(path, {}, { cut: "crlf" });
  const ends = chunks.filter((chunk) => chunk.at(-1) === 13);
  expect(ends).toHaveLength((text.match(/\r\n/g) ?? []).length);
  expect(ends.length).toBeGreaterThan(8);
  expect(text).not.toContain("\n\r\n\r\r");
});

test("each chunk is one read on a bare socket, and one HTTP chunk", async () => {
  const { reads, end } = await rawExchange(`${server.url}/v1/chat/completions`, JSON.stringify(CHAT));
  expect(end).toBe("open");
  const [head, ...body] = reads.map((read) => read.toString());
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s);
  for (const read of body.slice(0, -1)) expect(read).toMatch(/^[0-9a-f]+\r\ndata: .*\n\n\r\n$/);
  expect(body.length - 1).toBe(dataOf(whole.toString()).length);
});

test("comments, a byte order mark and other line ends change the layout and not the data", async () => {
  const script = { comments: "keep-alive", bom: true, eol: "cr" } as const;
  const { text, chunks } = await ask(`${server.url}/v1/chat/completions`, CHAT, script);
  expect([...(chunks[0] ?? [])].slice(0, 3)).toEqual([0xef, 0xbb, 0xbf]);
  expect(text).toContain(": keep-alive\r\rdata: ");
  expect(text).not.toContain("\n");
  expect(dataOf(text.slice(1))).toEqual(dataOf(whole.toString()));
});

test.for(["gzip", "br", "deflate"] as const)(
  "%s is flushed with every chunk and decodes to the same",
  async (encoding) => {
    const { chunks, headers } = await ask(`${server.url}/v1/chat/completions`, CHAT, { encoding });
    expect(headers.get("content-encoding")).toBe(encoding);
    expect(Buffer.concat(chunks).equals(whole)).toBe(true);
    expect(chunks.length).toBeGreaterThan(10);
  },
);

test("compressed bytes are on the wire", async () => {
  const { text } = await rawExchange(`${server.url}/lines?count=3`, "", {
    "x-test-script": '{"encoding":"gzip","framing":"length"}',
  });
  const body = Buffer.from(text.slice(text.indexOf("\r\n\r\n") + 4), "latin1");
  expect(text).toContain(`content-length: ${body.length}\r\n`);
  expect(gunzipSync(body).toString()).toBe("line 0 é🎉\nline 1 é🎉\nline 2 é🎉\n");
});

test("an accepted encoding is the first known one that the client offers", async () => {
  const url = `${server.url}/lines?test-script={"encoding":"accepted"}`;
  const encodingFor = async (offer: string): Promise<string | null> =>
    (await fetch(url, { headers: { "accept-encoding": offer } })).headers.get("content-encoding");
  expect(await encodingFor("zstd, br;q=0.5, gzip")).toBe("br");
  expect(await encodingFor("gzip;q=0, deflate")).toBe("deflate");
  expect(await encodingFor("identity")).toBeNull();
});
