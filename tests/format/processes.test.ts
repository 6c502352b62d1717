import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import type { RecordedProcess } from "../../src/cassette/model.ts";
import { isOutput, type ProcessPart } from "../../src/cassette/process-part.ts";
import { parseTape, renderTape, TapeError } from "../../src/format/index.ts";
import { describeEntry } from "../../src/session/describe-entry.ts";
import { hold } from "../support/hold.ts";

const FILE = "cassettes/agent.yaml";
const valid = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync(new URL("../../schema/cassette-v1.json", import.meta.url), "utf8")),
);

const bytes = (text: string): Uint8Array => Buffer.from(text);

const PROCESSES: readonly RecordedProcess[] = [
  {
    kind: "process",
    at: 0,
    command: "git",
    args: ["log", "-1", "--format=%s"],
    cwd: "packages/app",
    env: { LANG: "C" },
    io: [{ kind: "stdout", chunks: [bytes("one\n"), bytes("two\n")], times: [11, 12] }],
    exit: 0,
    duration: 14,
  },
  {
    kind: "process",
    at: 1,
    parent: undefined,
    command: "agent",
    args: [],
    io: [
      { kind: "stdin", bytes: bytes('{"ask":1}\n'), time: 2 },
      { kind: "stdout", chunks: [bytes('{"say":"a"}\n'), bytes('{"say":"b"}\n')], times: [3, 4] },
      { kind: "stderr", chunks: [Uint8Array.of(255, 0)], times: [5] },
      { kind: "send", value: null, time: 6 },
      { kind: "receive", value: { a: [1] }, time: 7 },
      { kind: "end", of: "stdin", time: 8 },
      { kind: "kill", signal: "SIGTERM", time: 9 },
      { kind: "stdout", chunks: [bytes("bye\r\n")], times: [10] },
    ],
    exit: "SIGTERM",
    duration: 11,
  },
  { kind: "process", at: 2, command: "server", args: [], io: [], duration: 90 },
  { kind: "process", at: 3, command: "true", shell: "true &&\nfalse", io: [], error: "ENOENT" },
];

const render = (entries: readonly RecordedProcess[]): string =>
  renderTape({ version: 1, interactions: entries }, { describe: describeEntry });

function parsed(text: string): readonly RecordedProcess[] {
  return parseTape(text, { file: FILE }).interactions as readonly RecordedProcess[];
}

/** With all bytes as plain arrays, and without what is `undefined`. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array || Array.isArray(value)) return Array.from(value, plain);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(fields.map(([name, each]) => [name, plain(each)]));
}

test("processes are YAML that reviews well", () => {
  expect(render(PROCESSES)).toMatchInlineSnapshot(`
    "# yaml-language-server: $schema=https://unpkg.com/vitest-cassette/schema/cassette-v1.json
    cassette: 1
    interactions:
      # 1 · process git log -1 --format=%s · exit 0 · 14 ms
      - at: 0
        process: git
        args: [log, "-1", "--format=%s"]
        cwd: packages/app
        env: { LANG: C }
        exit: 0
        duration: 14
        times: [11, 12]
        io:
          - stdout: |
              one
              two
            cuts: [4, 4]
      # 2 · process agent · ended by SIGTERM · 11 ms
      - at: 1
        process: agent
        exit: SIGTERM
        duration: 11
        times: [2, 3, 4, 5, 6, 7, 8, 9, 10]
        io:
          - stdin: |
              {"ask":1}
          - stdout: |
              {"say":"a"}
              {"say":"b"}
          - stderr: "/wA="
            encoding: base64
          - send: null
          - receive:
              a: [1]
          - end: stdin
          - kill: SIGTERM
          - stdout: |
              bye
            eol: crlf
      # 3 · process server · still running · 90 ms
      - at: 2
        process: server
        exit: running
        duration: 90
      # 4 · process true && false · failed with ENOENT
      - at: 3
        process: "true"
        shell: |-
          true &&
          false
        error: ENOENT
    "
  `);
});

test("every process comes back as it was, and is valid by the schema", () => {
  const text = render(PROCESSES);
  expect(plain(parsed(text))).toEqual(
    plain(PROCESSES.map((entry) => (entry.shell === undefined ? entry : { ...entry, args: undefined }))),
  );
  expect(renderTape(parseTape(text, { file: FILE }))).toBe(text);
  valid(parseYaml(text));
  expect(valid.errors).toBeNull();
});

const someBytes = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "\n", "\r", "{", '"', " ", ":", "é"), minLength: 1 }).map(bytes),
  fc.uint8Array({ minLength: 1, maxLength: 6 }),
);
const somePart: fc.Arbitrary<ProcessPart> = fc.oneof(
  fc.record({ kind: fc.constant("stdin" as const), bytes: someBytes, time: fc.constant(1) }),
  fc
    .record({
      kind: fc.constantFrom("stdout" as const, "stderr" as const),
      chunks: fc.array(someBytes, { minLength: 1, maxLength: 4 }),
    })
    .map((part) => ({ ...part, times: part.chunks.map(() => 1) })),
);

test("any input and output comes back byte for byte, in the same chunks", () => {
  hold(
    fc.property(fc.array(somePart, { maxLength: 5 }), (io) => {
      const [back] = parsed(render([{ kind: "process", at: 0, command: "x", args: [], io, exit: 0 }]));
      expect(plain(back?.io)).toEqual(plain(io));
    }),
    300,
  );
});

test("a process by hand needs no more than its name, and no times", () => {
  const text =
    'cassette: 1\ninteractions:\n  - process: git\n  - process: agent\n    io:\n      - stdout: |\n          {"a":1}\n          {"a":2}\n      - stdin: yes\n';
  const [git, agent] = parsed(text);
  expect(git).toEqual({ kind: "process", at: 0, command: "git", args: [], io: [], exit: 0 });
  expect(
    agent?.io.map((part) =>
      isOutput(part) ? part.chunks.map((chunk) => Buffer.from(chunk).toString()) : part.kind,
    ),
  ).toEqual([['{"a":1}\n', '{"a":2}\n'], "stdin"]);
});

test.for([
  ["  - process: a\n    io:\n      - stdin: a\n        stdout: b\n", "this one is stdin and stdout"],
  ["  - process: a\n    io:\n      - cuts: [1]\n", "this one is none"],
  ["  - process: a\n    exec: b\n", 'unknown field "exec" of a process'],
  ["  - process:\n", "a process needs the name of its program"],
  ["  - process: a\n    io: { stdin: b }\n", "expected io, a list, found a mapping"],
])("%j is an error", ([entries = "", message = ""]) => {
  expect(() => parsed(`cassette: 1\ninteractions:\n${entries}`)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(message) }),
  );
  expect(() => parsed(`cassette: 1\ninteractions:\n${entries}`)).toThrow(TapeError);
});
