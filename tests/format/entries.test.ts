import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import type { RecordedCall, TapeEntry } from "../../src/cassette/model.ts";
import type { TapeValue } from "../../src/cassette/tape-value.ts";
import { parseTape, renderTape, TapeError } from "../../src/format/index.ts";
import { describeEntry } from "../../src/session/describe-entry.ts";
import { hold } from "../support/hold.ts";
import { interaction } from "./tape-samples.ts";

const FILE = "cassettes/agent.yaml";
const valid = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync(new URL("../../schema/cassette-v1.json", import.meta.url), "utf8")),
);

const weather: RecordedCall = {
  kind: "call",
  at: 12.5,
  parent: "research",
  name: "weather",
  type: "tool",
  input: { city: "Lyon", units: "c" },
  form: "promise",
  output: { celsius: 20, note: "Sunny.\nDry." },
  end: "complete",
  duration: 7.3,
};

const ENTRIES: readonly TapeEntry[] = [
  { kind: "step", at: 0, name: "research", type: "agent", duration: 90 },
  weather,
  { ...interaction(["data: a\n\n"]), at: 13, parent: "weather" },
  {
    kind: "checkpoint",
    at: 14,
    parent: "research",
    label: "after plan",
    value: ["search", null],
    metadata: { run: 7 },
  },
  {
    kind: "call",
    at: 20,
    name: "weather",
    id: "weather 2",
    type: "tool",
    version: "2",
    input: null,
    form: "async iterable",
    items: ["a", { b: 1 }],
    times: [1, 2.25],
    output: "done",
    end: "aborted",
  },
  { kind: "checkpoint", at: 21, parent: "weather 2", label: "in" },
  {
    kind: "mcp",
    at: 22,
    parent: "weather 2",
    method: "tools/call",
    type: "request",
    from: "client",
    server: "2",
    params: { name: "add", arguments: {} },
    result: {},
    duration: 1.5,
  },
  {
    kind: "mcp",
    at: 23,
    method: "notifications/ask",
    type: "request",
    from: "server",
    error: { code: -32601, message: "Method not found", data: { x: [null] } },
  },
  {
    kind: "call",
    at: 30,
    name: "charge",
    type: "function",
    input: "order 1",
    form: "value",
    end: "complete",
    error: {
      name: "CardError",
      code: "declined",
      message: "No.",
      cause: { name: "Error", message: "x", code: 7 },
    },
    duration: 1,
  },
  {
    kind: "call",
    at: 31,
    name: "charge",
    type: "function",
    form: "promise",
    end: "complete",
    error: { thrown: { status: 402 } },
  },
  {
    kind: "call",
    at: 32,
    name: "charge",
    type: "function",
    form: "promise",
    end: "complete",
    error: {
      name: "AggregateError",
      message: "",
      errors: [{ name: "Error", class: "CardError", message: "x" }, { thrown: null }, { thrown: "no" }],
    },
  },
];

const render = (entries: readonly TapeEntry[]): string =>
  renderTape({ version: 1, interactions: entries }, { describe: describeEntry });

test("calls, steps and checkpoints are YAML that reviews well", () => {
  expect(render(ENTRIES)).toMatchInlineSnapshot(`
    "# yaml-language-server: $schema=https://unpkg.com/vitest-cassette/schema/cassette-v1.json
    cassette: 1
    interactions:
      # 1 · agent research · 90 ms
      - at: 0
        step: research
        type: agent
        duration: 90
      # 2 · tool weather · 7 ms
      - at: 12.5
        parent: research
        call: weather
        type: tool
        input: { city: Lyon, units: c }
        output:
          celsius: 20
          note: |-
            Sunny.
            Dry.
        duration: 7.3
      # 3 · openai chat
      - at: 13
        parent: weather
        request:
          method: POST
          url: https://api.openai.com/v1/chat/completions
          headers: { content-type: application/json }
          body:
            model: gpt-5-mini
            stream: true
        response:
          status: 200
          headers: { content-type: text/event-stream; charset=utf-8 }
          end: complete
          body: |+
            data: a

      # 4 · checkpoint after plan
      - at: 14
        parent: research
        checkpoint: after plan
        value: [search, null]
        metadata: { run: 7 }
      # 5 · tool weather · 2 items · aborted
      - at: 20
        call: weather
        id: weather 2
        type: tool
        version: "2"
        input: null
        items:
          - a
          - { b: 1 }
        times: [1, 2.3]
        output: done
        end: aborted
      # 6 · checkpoint in
      - at: 21
        parent: weather 2
        checkpoint: in
      # 7 · mcp tools/call · 2 ms
      - at: 22
        parent: weather 2
        mcp: tools/call
        server: "2"
        params: { name: add, arguments: {} }
        result: {}
        duration: 1.5
      # 8 · mcp from server notifications/ask · error -32601
      - at: 23
        mcp: notifications/ask
        type: request
        from: server
        error:
          code: -32601
          message: Method not found
          data:
            x: [null]
      # 9 · call charge · threw CardError · 1 ms
      - at: 30
        call: charge
        input: order 1
        returns: value
        error:
          name: CardError
          code: declined
          message: No.
          cause: { name: Error, code: 7, message: x }
        duration: 1
      # 10 · call charge · threw {"status":402}
      - at: 31
        call: charge
        error:
          thrown: { status: 402 }
      # 11 · call charge · threw AggregateError
      - at: 32
        call: charge
        error:
          name: AggregateError
          message: ""
          errors:
            - { name: Error, class: CardError, message: x }
            - { thrown: null }
            - { thrown: "no" }
    "
  `);
});

test("every kind of entry comes back as it was, and is valid by the schema", () => {
  const text = render(ENTRIES);
  const back = parseTape(text, { file: FILE });
  expect(back.interactions.map((entry) => (entry.kind === "request" ? "request" : entry))).toEqual(
    ENTRIES.map((entry) => (entry.kind === "request" ? "request" : { ...entry, ...rounded(entry) })),
  );
  expect(renderTape(back)).toBe(text);
  valid(parseYaml(text));
  expect(valid.errors).toBeNull();
});

function rounded(entry: TapeEntry): object {
  return entry.kind === "call" && entry.times ? { times: [1, 2.3] } : {};
}

test("any JSON comes back from an input, an output and the items", () => {
  hold(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.array(fc.jsonValue()), (input, output, items) => {
      const call = { ...weather, parent: undefined, input, output, items, form: "stream" } as RecordedCall;
      const [back] = parseTape(render([call]), { file: FILE }).interactions as [RecordedCall];
      const same = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
      expect([back.input, back.output, back.items]).toEqual([input, output, items].map(same));
    }),
    300,
  );
});

test("a value that YAML would not give back is JSON as text", () => {
  let deep: TapeValue = 1;
  for (let level = 0; level < 100; level++) deep = [deep];
  const text = render([{ ...weather, parent: undefined, output: deep }]);
  expect(text).toContain("$json");
  expect((parseTape(text, { file: FILE }).interactions[0] as RecordedCall).output).toEqual(deep);
});

test("a tape by hand needs little", () => {
  const text =
    "cassette: 1\ninteractions:\n  - call: weather\n  - step: plan\n  - checkpoint: planned\n  - mcp: ping\n  - mcp: notifications/initialized\n";
  expect(parseTape(text, { file: FILE }).interactions).toEqual([
    { kind: "call", at: 0, name: "weather", type: "function", form: "promise", end: "complete" },
    { kind: "step", at: 0, name: "plan", type: "step" },
    { kind: "checkpoint", at: 0, label: "planned" },
    { kind: "mcp", at: 0, method: "ping", type: "request", from: "client" },
    { kind: "mcp", at: 0, method: "notifications/initialized", type: "notification", from: "client" },
  ]);
});

function errorOf(entries: string, head = ""): string {
  try {
    parseTape(`cassette: 1\n${head}interactions:\n${entries}`, { file: FILE });
  } catch (error) {
    if (error instanceof TapeError) return error.message;
    throw error;
  }
  throw new Error("The tape was read.");
}

test("an entry of an unknown kind says which version knows it", () => {
  expect(errorOf("  - at: 3\n    socket: wss://x\n")).toMatchInlineSnapshot(`
    "Failed to read cassettes/agent.yaml:4:5: this version does not know the kind of entry "socket" (interactions[0].socket)

      3 |   - at: 3
      4 |     socket: wss://x
        |     ^

    Known kinds: request, call, step, checkpoint, mcp, process. If a later version of vitest-cassette wrote it, upgrade."
  `);
  const recorded = "recorded: { at: 2027-01-01T00:00:00.000Z, with: vitest-cassette 0.9.0 }\n";
  expect(errorOf("  - socket: wss://x\n", recorded)).toContain(
    "vitest-cassette 0.9.0 recorded the cassette: use that version or a later one.",
  );
  expect(errorOf("  - steps: plan\n")).toContain("Did you mean step? Known kinds:");
});

test("an entry of two kinds, and one whose parent is missing, are errors", () => {
  expect(errorOf("  - call: a\n    step: b\n")).toContain(
    "an entry is of one kind, and this one has call and step",
  );
  expect(errorOf("  - call: a\n    parent: b\n  - step: b\n")).toContain(
    'no call or step before this entry is called "b" (interactions[0])',
  );
  expect(errorOf("  - at: 3\n")).toContain("this one has no request");
});
