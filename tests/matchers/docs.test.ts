import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as main from "../../src/index.ts";
import * as matchers from "../../src/matchers.ts";
import type { Cassette } from "../../src/session/cassette.ts";
import {
  anthropic,
  CHAT,
  cassetteOf,
  chat,
  DONE,
  delta,
  interactionOf,
  MESSAGES,
  RESPONSES,
  requestOf,
  says,
  sse,
  streamOf,
  usage,
} from "./support.ts";

interface Example {
  readonly line: number;
  readonly cassette: string;
  readonly fails: boolean;
  readonly code: string;
  /** The message that the page shows below an example that fails. */
  readonly message: string | undefined;
}

const page = readFileSync(new URL("../../docs/matchers.md", import.meta.url), "utf8");

function examplesOf(markdown: string): readonly Example[] {
  const fences = [...markdown.matchAll(/^```(\w+)(.*)\n([\s\S]*?)^```$/gm)];
  return fences.flatMap((fence, index): Example[] => {
    const [, language, options = "", code = ""] = fence;
    if (language !== "ts") return [];
    const next = fences[index + 1];
    const fails = /\bfails\b/.test(options);
    return [
      {
        line: markdown.slice(0, fence.index).split("\n").length,
        cassette: /cassette=(\w+)/.exec(options)?.[1] ?? "weather",
        fails,
        code,
        message: fails && next?.[1] === "text" ? next[3]?.trimEnd() : undefined,
      },
    ];
  });
}

type Chunks = readonly (readonly [number, string])[];

const start = anthropic({
  type: "message_start",
  message: { model: "claude-sonnet-4-5", usage: { input_tokens: 20 } },
});
const WEATHER: Chunks = [
  [390.2, start],
  [
    391,
    anthropic({ type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } }),
  ],
  [412.3, delta(0, { type: "thinking_delta", thinking: "Look it" })],
  [437.8, delta(0, { type: "thinking_delta", thinking: " up." })],
  [438, anthropic({ type: "content_block_stop", index: 0 })],
  [441.2, anthropic({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } })],
  [460.1, delta(1, { type: "text_delta", text: "One" })],
  [461, anthropic({ type: "ping" })],
  [725.4, delta(1, { type: "text_delta", text: " moment." })],
  [731, anthropic({ type: "content_block_stop", index: 1 })],
  [
    744.9,
    anthropic({
      type: "content_block_start",
      index: 2,
      content_block: { type: "tool_use", id: "toolu_1", name: "get_weather", input: {} },
    }),
  ],
  [801.1, delta(2, { type: "input_json_delta", partial_json: '{"city":' })],
  [878.9, delta(2, { type: "input_json_delta", partial_json: '"Paris"}' })],
  [879.1, anthropic({ type: "content_block_stop", index: 2 })],
  [
    911,
    anthropic({ type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 31 } }),
  ],
  [911.4, anthropic({ type: "message_stop" })],
];

const PIECES = ["Why do", " programmers prefer", " dark mode?"];
const END = [chat({}, {}, "stop"), usage(12, 9), DONE];

function evenly(...texts: readonly string[]): Chunks {
  return texts.map((text, index) => [410 + index * 10, text] as const);
}

function tape(url: string, chunks: Chunks, model: string) {
  return { ...interactionOf(chunks, url), request: requestOf({ url, body: { model, stream: true } }) };
}

const weather = tape(MESSAGES, WEATHER, "claude-sonnet-4-5");
const joke = tape(CHAT, evenly(...PIECES.map(says), ...END), "gpt-5-mini");
const line = ["Happy", " birthday", " to", " you", ",\n"];

const cassettes: Readonly<Record<string, () => Cassette>> = {
  weather: () => cassetteOf([weather]),
  joke: () => cassetteOf([joke]),
  several: () => {
    const cassette = cassetteOf([weather, joke]);
    return { ...cassette, stream: (selector) => cassette.streams[selector === "/v1/messages" ? 0 : 1]! };
  },
  timeless: () => cassetteOf([joke], { streams: [streamOf([...PIECES.map(says), ...END])] }),
  overloaded: () => {
    const error = anthropic({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } });
    return cassetteOf([tape(MESSAGES, evenly(start, error), "claude-sonnet-4-5")]);
  },
  cut: () => {
    const half = tape(MESSAGES, WEATHER.slice(0, 8), "claude-sonnet-4-5");
    return cassetteOf([{ ...half, response: { ...half.response, end: "reset" } }]);
  },
  duplicated: () => {
    const pieces = PIECES.map(says);
    return cassetteOf([tape(CHAT, evenly(...pieces, ...pieces, ...END), "gpt-5-mini")]);
  },
  agent: () =>
    Object.assign(cassetteOf([weather]), {
      [Symbol.for("vitest-cassette/run")]: {
        timeline: {
          happened: [
            { kind: "step", name: "plan" },
            { kind: "call", name: "search", input: "cassettes" },
            { kind: "checkpoint", name: "after plan" },
            { kind: "step", name: "read" },
            { kind: "call", name: "open", input: { page: 1 } },
            { kind: "step", name: "read" },
            { kind: "step", name: "answer" },
          ],
        },
      },
    }),
  song: () =>
    cassetteOf([tape(CHAT, evenly(...[...line, ...line, "dear reader"].map(says), ...END), "gpt-5-mini")]),
  numbered: () => {
    const events = PIECES.map((text, index) =>
      sse({ type: "response.output_text.delta", sequence_number: index, output_index: 0, delta: text }),
    );
    return cassetteOf([tape(RESPONSES, evenly(...events), "gpt-5-mini")]);
  },
};

/** An application that passes the joke on. */
const app = {
  request(path: string): Promise<Response> {
    const own = path === "/own-protocol";
    const pieces = path.includes("drop") ? PIECES.filter((_, index) => index !== 1) : PIECES;
    const body = new ReadableStream({
      start(controller) {
        for (const piece of pieces)
          controller.enqueue(new TextEncoder().encode(own ? sse({ token: piece }) : piece));
        controller.close();
      },
    });
    return Promise.resolve(
      new Response(body, { headers: { "content-type": own ? "text/event-stream" : "text/plain" } }),
    );
  },
};

const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...given: unknown[]) => Promise<void>;

/** Runs an example as the body of a test; what it imports has to be there. */
async function run({ code, cassette }: Example): Promise<void> {
  const names: Record<string, unknown> = {
    expect,
    app,
    traceStream: main.traceStream,
    cassette: cassettes[cassette]?.(),
  };
  const body = code.replace(
    /^import (?:\{ (.+) \}|\* as (\w+)) from '(.+)'\n/gm,
    (_, list: string, all: string, from: string) => {
      const module: Record<string, unknown> = from === "vitest-cassette" ? main : matchers;
      expect(["vitest-cassette", "vitest-cassette/matchers"]).toContain(from);
      if (all !== undefined) names[all] = module;
      for (const name of list?.split(", ") ?? []) {
        expect(module).toHaveProperty(name);
        names[name] = module[name];
      }
      return "";
    },
  );
  await new AsyncFunction(...Object.keys(names), body)(...Object.values(names));
}

/** Arrival times of what an example traces itself differ from run to run. */
function withoutObservedTimes(message: string): string {
  return message.replace(/^stream · .*(?:\n {2,}.*)*/m, (block) =>
    block.replace(/[\d.]+ ms|\d+\.\d/g, "_").replace(/ +/g, " "),
  );
}

describe("the page of the matchers", () => {
  const examples = examplesOf(page);

  test("has an example of each of them", () => {
    const code = examples.map((example) => example.code).join("\n");
    for (const name of Object.keys(matchers)) {
      expect(code, name).toContain(`.${name}(`);
      expect(page, name).toContain(`\n### ${name}\n`);
      expect(page, name).toContain(`[\`${name}\`](#${name.toLowerCase()})`);
    }
  });

  test.each(examples.filter(({ fails }) => !fails))("runs the example of line $line", async (example) => {
    expect.hasAssertions();
    await run(example);
  });

  test.each(examples.filter(({ fails }) => fails))("fails as it says in line $line", async (example) => {
    const error: unknown = await run(example).then(
      () => expect.unreachable("it passed"),
      (failed: unknown) => failed,
    );
    expect(example.message).toBeDefined();
    expect(withoutObservedTimes((error as Error).message)).toBe(withoutObservedTimes(example.message ?? ""));
  });
});
