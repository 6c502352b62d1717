import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { decodeStream } from "../../src/providers/decode-stream.ts";
import type { BenchCase } from "../support/bench-case.ts";
import { cpuTime } from "../support/clock.ts";

const OURS = "decodeStream";
const LIMIT = "JSON.parse of its payloads";
const STREAMS = 8;

/** The largest captured streams, against the least that has to be done to read them. */
const benchCase: BenchCase = {
  title: `Decoding the ${STREAMS} largest captured SSE streams`,
  unit: "ms",
  variants: [OURS, LIMIT],
  together: true,
  launches: 3,
  repeats: 15,
  warmUps: 5,
  targets: [{ of: OURS, than: [LIMIT], atMost: 2 }],
  skip: () =>
    process.env.CASSETTE_CORPUS ? undefined : "CASSETTE_CORPUS names no folder of captured streams",
  prepare(variant) {
    const streams = largest(process.env.CASSETTE_CORPUS ?? "");
    if (variant === LIMIT) {
      const payloads = streams.flatMap(({ bytes }) => payloadsOf(new TextDecoder().decode(bytes)));
      return () => cpuTime(() => payloads.forEach((payload) => void JSON.parse(payload)));
    }
    const bodies = streams.map(({ bytes }) => chunksOf(bytes));
    const headers = { "content-type": "text/event-stream" };
    return () =>
      cpuTime(() => {
        for (const chunks of bodies) {
          const trace = decodeStream({ headers, chunks });
          if (trace.text === "" && trace.events.length === 0) throw new Error("nothing was decoded");
        }
      });
  },
};

export default benchCase;

function largest(corpus: string): readonly { readonly bytes: Uint8Array }[] {
  return readdirSync(corpus, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sse"))
    .map((name) => ({ file: join(corpus, name), size: statSync(join(corpus, name)).size }))
    .toSorted((a, b) => b.size - a.size)
    .slice(0, STREAMS)
    .map(({ file }) => ({ bytes: readFileSync(file) }));
}

/** One chunk for each event, as most servers send. */
function chunksOf(bytes: Uint8Array): readonly { readonly bytes: Uint8Array }[] {
  const encoder = new TextEncoder();
  return new TextDecoder()
    .decode(bytes)
    .split(/(?<=\r?\n\r?\n)/)
    .map((text) => ({ bytes: encoder.encode(text) }));
}

function payloadsOf(text: string): readonly string[] {
  return [...text.matchAll(/^data: ?(\{.*)$/gm)].map((line) => line[1] ?? "");
}
