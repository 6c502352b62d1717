import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type HeaderLines, interactionsOf } from "../../src/cassette/model.ts";
import { parseTape, renderTape } from "../../src/format/index.ts";
import { interaction, tape } from "./tape-samples.ts";

const CORPUS = process.env.CASSETTE_CORPUS;

const files =
  CORPUS === undefined
    ? []
    : readdirSync(CORPUS, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/^(?:INDEX|EXPECTED|README)/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name));

function contentType(file: string): string {
  if (file.endsWith(".sse")) return "text/event-stream; charset=utf-8";
  if (file.endsWith(".ndjson")) return "application/x-ndjson";
  if (file.endsWith(".json")) return "application/json";
  return "application/octet-stream";
}

/** The whole, its events, and pieces of several sizes, among them such as cut characters and line ends apart. */
function chunkings(body: Uint8Array, headers: HeaderLines): Uint8Array[][] {
  const whole = parseTape(
    renderTape(tape(interaction([body], { headers }))).replace(/ +cuts: \[[\d,\s]+\]\n/, ""),
    {
      file: "a.yaml",
    },
  );
  const events = [...(interactionsOf(whole)[0]?.response.chunks ?? [])];
  const pieces = [1, 7, 64, 1000].map((size) => {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < body.length; at += size) chunks.push(body.subarray(at, at + size));
    return chunks;
  });
  return [[body], events, ...pieces];
}

test.skipIf(CORPUS === undefined)(
  "every captured stream comes back byte for byte, however it was cut (CASSETTE_CORPUS names the captures)",
  () => {
    expect(files.length).toBeGreaterThan(100);
    let blocks = 0;
    for (const file of files) {
      const body = Uint8Array.from(readFileSync(file));
      const headers: HeaderLines = [["content-type", contentType(file)]];
      for (const chunks of chunkings(body, headers)) {
        const text = renderTape(tape(interaction(chunks, { headers }, body)));
        const back = parseTape(text, { file: "a.yaml" });
        const { request, response } = interactionsOf(back)[0] ?? {};
        expect(Buffer.from(request?.body ?? []).equals(body), file).toBe(true);
        expect(Buffer.concat(response?.chunks ?? []).equals(body), file).toBe(true);
        expect(
          response?.chunks.map((chunk) => chunk.length),
          file,
        ).toEqual(chunks.map((chunk) => chunk.length));
        if (/^ {6}body: \|/m.test(text)) blocks += 1;
      }
    }
    // Most are text, and are kept as text that a person can read.
    expect(blocks / files.length / 6).toBeGreaterThan(0.75);
  },
  300_000,
);
