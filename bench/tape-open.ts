/**
 * Measures how long a tape takes to open, compared with one mapping per chunk (read by `yaml`, as most tools store
 * streams) and with `JSON.parse` of the same data, the fastest way in JavaScript.
 *
 *     node bench/tape-open.ts
 */
import { performance } from "node:perf_hooks";
import { parse, stringify } from "yaml";
import { type Interaction, interactionsOf, type Tape } from "../src/cassette/model.ts";
import { parseTape, renderTape } from "../src/format/index.ts";

const ROUNDS = 7;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Pseudo-random numbers that are the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function interaction(index: number, chunkCount: number): Interaction {
  const random = randomNumbers(index + 1);
  const chunks: Uint8Array[] = [];
  const times: number[] = [];
  let time = 310.2;
  for (let i = 0; i < chunkCount; i += 1) {
    const delta = { content: ` word${Math.floor(random() * 10_000)}` };
    const payload = {
      id: `chatcmpl-${index}`,
      object: "chat.completion.chunk",
      created: 1_795_158_000,
      model: "gpt-5-mini-2025-08-07",
      service_tier: "default",
      system_fingerprint: null,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: null }],
      obfuscation: Math.floor(random() * 1e12).toString(36),
    };
    chunks.push(encoder.encode(`data: ${JSON.stringify(payload)}\n\n`));
    time += random() * 20;
    times.push(Math.round(time * 10) / 10);
  }
  const messages = [{ role: "user", content: `Why do programmers prefer dark mode (${index})?` }];
  return {
    kind: "request",
    at: index,
    request: {
      method: "POST",
      url: "https://api.openai.com/v1/chat/completions",
      headers: [["content-type", "application/json"]],
      body: encoder.encode(JSON.stringify({ model: "gpt-5-mini", stream: true, messages })),
    },
    response: {
      status: 200,
      statusText: "OK",
      headers: [["content-type", "text/event-stream; charset=utf-8"]],
      chunks,
      timing: { headers: 310.2, chunks: times },
      end: "complete",
    },
  };
}

/** The same facts as other tools keep them: a mapping of time and text for each chunk. */
function mappingAChunk(tape: Tape): unknown {
  return {
    cassette: 1,
    interactions: interactionsOf(tape).map(({ at, request, response }) => ({
      at,
      request: {
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
        body: JSON.parse(decoder.decode(request.body)) as unknown,
      },
      response: {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        chunks: response.chunks.map((chunk, index) => ({
          at: response.timing?.chunks[index],
          text: decoder.decode(chunk),
        })),
      },
    })),
  };
}

/** The median time of each, the rounds taking turns so that other work on the machine slows all of them. */
function medians<Name extends string>(runs: Readonly<Record<Name, () => unknown>>): Record<Name, number> {
  const names = Object.keys(runs) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) {
      const start = performance.now();
      runs[name]();
      times.get(name)?.push(performance.now() - start);
    }
  }
  const median = (all: number[]): number => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

function compare(name: string, tape: Tape): void {
  const ours = renderTape(tape);
  const mapping = stringify(mappingAChunk(tape), { lineWidth: 0 });
  const json = JSON.stringify(mappingAChunk(tape));
  // A comma that the quick reader leaves to `yaml`: the first interaction takes the slow way, and no other.
  const edited = ours.replace("{ content-type: application/json }", "{ content-type: application/json, }");
  const first = performance.now();
  parseTape(ours, { file: "bench.yaml" });
  const cold = performance.now() - first;
  const { own, byHand, whole, block, floor, render } = medians({
    own: () => parseTape(ours, { file: "bench.yaml" }),
    byHand: () => parseTape(edited, { file: "bench.yaml" }),
    whole: () => parse(mapping),
    block: () => parse(ours),
    floor: () => JSON.parse(json),
    render: () => renderTape({ ...tape, interactions: [...tape.interactions] }),
  });
  // How often one fits into the other: above 1 is slower than parseTape.
  const ratio = (other: number): string => `${(other / own).toFixed(1)}x`.padStart(7);
  const ms = (value: number): string => `${value.toFixed(1)} ms`.padStart(10);
  const size = `${(ours.length / 1e6).toFixed(1)} MB`;
  console.log(`${name}, ${size} (median of ${ROUNDS})`);
  console.log(`  ${ratio(whole)}  ${ms(whole)}  a mapping a chunk, read by yaml`);
  console.log(`  ${ratio(block)}  ${ms(block)}  this form, read by yaml`);
  console.log(
    `  ${ratio(own)}  ${ms(own)}  this form, read by parseTape (first time: ${cold.toFixed(1)} ms)`,
  );
  console.log(`  ${ratio(byHand)}  ${ms(byHand)}  the same with its first interaction edited by hand`);
  console.log(`  ${ratio(floor)}  ${ms(floor)}  the same facts as JSON, read by JSON.parse`);
  console.log(`           ${ms(render)}  written by renderTape`);
  console.log();
}

const many = (count: number, chunks: number): Tape => ({
  version: 1,
  interactions: Array.from({ length: count }, (_, index) => interaction(index, chunks)),
});

compare("1 interaction of 10,000 chunks", many(1, 10_000));
compare("10,000 interactions of 1 chunk", many(10_000, 1));
compare("100 interactions of 100 chunks", many(100, 100));
