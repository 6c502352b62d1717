import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { interactionsOf } from "../../src/cassette/model.ts";
import { parseTape } from "../../src/format/index.ts";
import { type TestCassette, testCassette } from "../contract/support/taping.ts";
import { head, type RawServer, startRawServer } from "../faults/raw-server.ts";

const JSON_TEXT = '{"answer":"Why do programmers prefer dark mode?"}';

const ENCODED: Readonly<Record<string, readonly [header: string, bytes: Uint8Array]>> = {
  gzip: ["gzip", gzipSync(JSON_TEXT)],
  "x-gzip": ["x-gzip", gzipSync(JSON_TEXT)],
  deflate: ["deflate", deflateSync(JSON_TEXT)],
  "raw deflate": ["deflate", deflateRawSync(JSON_TEXT)],
  br: ["br", brotliCompressSync(JSON_TEXT)],
  zstd: ["zstd", zstdCompressSync(JSON_TEXT)],
  "gzip in br": ["gzip, br", brotliCompressSync(gzipSync(JSON_TEXT))],
  "plain text that is said to be gzip": ["gzip", Buffer.from(JSON_TEXT)],
  "plain text that is said to be br": ["br", Buffer.from(JSON_TEXT)],
};

let server: RawServer;
beforeAll(async () => {
  const answers = Object.entries(ENCODED).map(
    ([name, [encoding, bytes]]) =>
      [
        name,
        async (wire: { write(bytes: string | Uint8Array): Promise<void>; end(): void }) => {
          await wire.write(
            head(
              "content-type: application/json",
              `content-encoding: ${encoding}`,
              `content-length: ${bytes.length}`,
              "connection: close",
            ),
          );
          await wire.write(bytes);
          wire.end();
        },
      ] as const,
  );
  server = await startRawServer(Object.fromEntries(answers));
});
afterAll(() => server[Symbol.asyncDispose]());

/** The bytes as they are on the wire. */
function getRaw(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get(url, (message) => {
      const chunks: Buffer[] = [];
      message.on("data", (chunk: Buffer) => chunks.push(chunk));
      message.on("end", () => resolve(Buffer.concat(chunks)));
      message.on("error", reject);
    }).on("error", reject);
  });
}

function recordedBody({ dir }: TestCassette): Buffer {
  const tape = parseTape(readFileSync(join(dir, "tape.yaml"), "utf8"), { file: "tape.yaml" });
  return Buffer.concat(interactionsOf(tape)[0]?.response.chunks ?? []);
}

test.each(Object.keys(ENCODED))("%s: node:http gets the very bytes, recorded and replayed", async (name) => {
  using cassette = testCassette({ include: [server.url] });
  const [, bytes] = ENCODED[name] as (typeof ENCODED)[string];
  expect(await cassette.record(() => getRaw(server.urlOf(name)))).toEqual(Buffer.from(bytes));
  expect(recordedBody(cassette)).toEqual(Buffer.from(bytes));
  expect(await cassette.play(() => getRaw(server.urlOf(name)))).toEqual(Buffer.from(bytes));
});

test.each(Object.keys(ENCODED).filter((name) => !name.startsWith("plain")))(
  "%s: fetch reads what node:http has recorded",
  async (name) => {
    using cassette = testCassette({ include: [server.url] });
    await cassette.record(() => getRaw(server.urlOf(name)));
    const text = await cassette.play(async () => (await fetch(server.urlOf(name))).text());
    expect(text).toBe(JSON_TEXT);
  },
);

test("a compressed body can be read in the comment above it", async () => {
  using cassette = testCassette({ include: [server.url] });
  await cassette.record(() => getRaw(server.urlOf("gzip in br")));
  const tape = readFileSync(join(cassette.dir, "tape.yaml"), "utf8");
  expect(tape).toContain(`# < ${JSON_TEXT}\n`);
});

test.each([
  ["gzip", "incorrect header check"],
  ["br", "Decompression failed"],
])("plain text declared as %s: fetch fails and the test says why", async (encoding, why) => {
  const name = `plain text that is said to be ${encoding}`;
  using cassette = testCassette({ include: [server.url] });
  await cassette.record(() => getRaw(server.urlOf(name)));
  expect(recordedBody(cassette).toString()).toBe(JSON_TEXT);
  const message =
    `Failed to play the response to GET ${server.urlOf(name)}: its content-encoding is ${encoding}, but its bytes ` +
    `are not (${why}). Correct the header or the body on the tape, or re-record the cassette.`;
  let answer: { readonly status: number; readonly text: string } | undefined;
  const playing = cassette.play(async () => {
    const response = await fetch(server.urlOf(name));
    answer = { status: response.status, text: await response.text() };
  });
  await expect(playing).rejects.toMatchObject({ code: "CASSETTE_BODY_ENCODING", message });
  expect(answer?.status).toBe(400);
  expect(answer?.text).toContain(message);
});

test("a body that was edited on the tape, but kept its content-encoding, is reported as such", async () => {
  using cassette = testCassette();
  writeFileSync(
    join(cassette.dir, "tape.yaml"),
    `cassette: 1
interactions:
  - at: 0
    request: { method: GET, url: "https://api.example.com/v1/models" }
    response:
      status: 200
      headers: { content-type: application/json, content-encoding: gzip }
      body: { data: [] }
`,
  );
  const playing = cassette.play(async () => (await fetch("https://api.example.com/v1/models")).text());
  await expect(playing).rejects.toMatchObject({ code: "CASSETTE_BODY_ENCODING" });
});
