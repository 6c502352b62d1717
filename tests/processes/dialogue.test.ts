import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import type { RecordedProcess } from "../../src/cassette/model.ts";
import type { ProcessPart } from "../../src/cassette/process-part.ts";
import { compileRules } from "../../src/matching/rules.ts";
import { keyOfInput } from "../../src/processes/compared-process.ts";
import { Dialogue, type Difference } from "../../src/processes/dialogue.ts";
import { InputIds } from "../../src/processes/input-ids.ts";
import { PortablePaths } from "../../src/processes/portable-paths.ts";
import { recut } from "../../src/processes/recut.ts";

const rules = compileRules();

const stdin = (text: string): ProcessPart => ({ kind: "stdin", bytes: Buffer.from(text) });
const stdout = (...chunks: readonly string[]): ProcessPart => ({
  kind: "stdout",
  chunks: chunks.map((each) => Buffer.from(each)),
});
const END: ProcessPart = { kind: "end", of: "stdin" };
const KILL: ProcessPart = { kind: "kill", signal: "SIGTERM" };

function dialogue(
  io: readonly ProcessPart[],
  exit: RecordedProcess["exit"] = 0,
  accept: (difference: Difference) => boolean = () => false,
): Dialogue {
  return new Dialogue(
    { kind: "process", at: 0, command: "agent", args: [], io, exit },
    { keyOf: (text) => keyOfInput(text, rules), ids: new InputIds(), restore: (chunks) => chunks, accept },
  );
}

/** What it gives without more input. */
function given(talk: Dialogue): string {
  let text = "";
  for (;;) {
    const step = talk.difference === undefined ? talk.next() : undefined;
    if (step === undefined) return `${text}[difference]`;
    if (step.kind === "wait") return text;
    if (step.kind === "exit") return `${text}[exit ${step.exit}]`;
    if (step.kind === "output") text += Buffer.from(step.bytes).toString();
    else text += JSON.stringify(step.value);
    talk.take();
  }
}

const CALLS = [
  stdout("hi\n"),
  stdin('{"jsonrpc":"2.0","id":1,"method":"a"}\n{"jsonrpc":"2.0","id":2,"method":"é"}\n'),
  stdout('{"jsonrpc":"2.0","id":2,"result":"é"}\n', '{"jsonrpc":"2.0","id":1,"result":"a"}\n'),
  stdin("plain text\n"),
  stdout("ok"),
  END,
];

test("input in any pieces gives the same output", () => {
  const input = Buffer.from(
    '{"jsonrpc":"2.0","id":1,"method":"a"}\n{"method":"é","id":2,"jsonrpc":"2.0"}\nplain text\n',
  );
  const whole = dialogue(CALLS);
  whole.given(input);
  whole.ended("stdin");
  const expected = given(whole);
  expect(expected).toMatch(/^hi\n.*é.*\n.*a.*\nok\[exit 0\]$/);
  for (let cut = 0; cut <= input.length; cut++) {
    const talk = dialogue(CALLS);
    talk.given(input.subarray(0, cut));
    const early = given(talk);
    talk.given(input.subarray(cut));
    talk.ended("stdin");
    expect(early + given(talk)).toBe(expected);
  }
});

test("an output waits for all of the input before it", () => {
  const talk = dialogue(CALLS);
  expect(given(talk)).toBe("hi\n");
  talk.given(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"a"}\n'));
  expect(given(talk)).toBe("");
  expect(talk.awaited).toBe('the line {"jsonrpc":"2.0","id":2,"method":"é"}');
  talk.given(Buffer.from('{"jsonrpc":"2.0","id":2,"method":"é"}\n'));
  expect(given(talk)).toContain('"result":"é"');
  talk.given(Buffer.from("plain text\n"));
  expect(given(talk)).toBe("ok");
  expect(talk.awaited).toBe("the end of its input");
  talk.ended("stdin");
  expect(given(talk)).toBe("[exit 0]");
});

test("lines of JSON may come in another order between two outputs, and under other ids", () => {
  const talk = dialogue(CALLS);
  talk.given(Buffer.from('{"jsonrpc":"2.0","id":"x","method":"é"}\n{"jsonrpc":"2.0","id":7,"method":"a"}\n'));
  expect(given(talk)).toBe(
    'hi\n{"jsonrpc":"2.0","id":"x","result":"é"}\n{"jsonrpc":"2.0","id":7,"result":"a"}\n',
  );
});

test("the id of a request that the process makes stays its own", () => {
  const talk = dialogue([
    stdin('{"jsonrpc":"2.0","id":1,"method":"a"}\n'),
    stdout('{"jsonrpc":"2.0","id":1,"method":"sampling"}\n'),
    stdin('{"jsonrpc":"2.0","id":1,"result":{}}\n'),
    stdout('{"jsonrpc":"2.0","id":1,"result":{"request_id":1}}\n'),
  ]);
  talk.given(Buffer.from('{"jsonrpc":"2.0","id":9,"method":"a"}\n'));
  expect(given(talk)).toBe('{"jsonrpc":"2.0","id":1,"method":"sampling"}\n');
  talk.given(Buffer.from('{"jsonrpc":"2.0","id":1,"result":{}}\n'));
  expect(given(talk)).toContain('{"jsonrpc":"2.0","id":9,"result":{"request_id":1}}');
});

test("lines of text have to come in order, and prompts need no line end", () => {
  const io = [stdin("a\nb\n"), stdout("?"), stdin("y"), stdout("!")];
  const talk = dialogue(io);
  talk.given(Buffer.from("a\nb\n"));
  expect(given(talk)).toBe("?");
  talk.given(Buffer.from("y"));
  expect(given(talk)).toBe("![exit 0]");
  const swapped = dialogue(io);
  swapped.given(Buffer.from("b\na\n"));
  expect(swapped.difference).toEqual({ live: "b", recorded: "a" });
});

describe("a difference", () => {
  test.for<[string, readonly ProcessPart[], string, Difference]>([
    ["other text", [stdin("a\n")], "b\n", { live: "b", recorded: "a" }],
    ["other JSON", [stdin('{"a":1}\n')], '{"a":2}\n', { live: '{"a":2}', recorded: '{"a":1}' }],
    [
      "an id that is not one of a protocol",
      [stdin('{"user_id":1}\n')],
      '{"user_id":2}\n',
      { live: '{"user_id":2}', recorded: '{"user_id":1}' },
    ],
    ["too little", [stdin("a\nb\n"), END], "a\n", { live: undefined, recorded: "b" }],
    ["too much", [stdin("a\n"), END], "a\nb\n", { live: "b", recorded: undefined }],
    [
      "too much for a process that is then killed",
      [stdin("a\n"), KILL],
      "a\nb\n",
      { live: "b", recorded: undefined },
    ],
    ["another last line", [stdin("yes"), END], "no", { live: "no", recorded: "yes" }],
  ])("%s", ([, io, input, difference]) => {
    const talk = dialogue(io);
    talk.given(Buffer.from(input));
    talk.ended("stdin");
    expect(talk.difference).toEqual(difference);
    const lenient = dialogue(io, 0, () => true);
    lenient.given(Buffer.from(input));
    lenient.ended("stdin");
    if (io.includes(KILL)) lenient.killed("SIGTERM");
    expect(given(lenient)).toBe("[exit 0]");
  });

  test("is no error if the process had exited before it read everything", () => {
    const talk = dialogue([stdin("a\n"), stdout("enough\n")]);
    talk.given(Buffer.from("a\nb\nc\n"));
    talk.ended("stdin");
    expect(given(talk)).toBe("enough\n[exit 0]");
  });
});

describe("a signal", () => {
  test("has the recorded effect, also if it comes early", () => {
    const talk = dialogue([stdout("a\n"), stdin("b\n"), stdout("c\n"), KILL, stdout("bye\n")], 3);
    expect(given(talk)).toBe("a\n");
    talk.killed("SIGTERM");
    expect(given(talk)).toBe("bye\n[exit 3]");
  });

  test("that was not recorded ends the process, if it is of that kind", () => {
    const talk = dialogue([stdin("a\n"), stdout("b\n")]);
    talk.killed("SIGWINCH");
    expect(given(talk)).toBe("");
    talk.killed("SIGINT");
    expect(given(talk)).toBe("[exit SIGINT]");
  });
});

test("a process that ran until the end of the recording exits at the end of its input", () => {
  const talk = dialogue([stdout("a\n")], undefined);
  const running = new Dialogue(
    { ...talk.recording, exit: undefined },
    { keyOf: String, ids: new InputIds(), restore: (chunks) => chunks, accept: () => false },
  );
  expect(given(running)).toBe("a\n");
  running.ended("stdin");
  expect(given(running)).toBe("[exit 0]");
});

test("chunks of a changed line keep their boundaries", () => {
  const chunks = ["one ", "1\ntw", "o 1", "\nend"].map((each) => Buffer.from(each));
  const changed = recut(chunks, (line) => line.replace("one 1", "one 1000").replace("two 1", "t"));
  expect(changed.map(String)).toEqual(["one ", "1000\nt\n", "", "end"]);
  expect(Buffer.concat(recut(chunks, (line) => line)).toString()).toBe("one 1\ntwo 1\nend");
});

test("paths are the same on every machine", () => {
  const paths = new PortablePaths("/home/me/project");
  expect(
    [
      "/home/me/project/tests/a.ts",
      "--file=/home/me/project/a.ts",
      "file:///home/me/project/a.ts",
      "/home/me/project",
      "/home/me/project-2/a.ts",
      "/mnt/home/me/project/a.ts",
      "/tmp/agent-x8d7Qz/repo",
      "/tmp/x8d7Qz",
      "/tmp/fixed.txt",
    ].map((text) => paths.text(text)),
  ).toEqual([
    "./tests/a.ts",
    "--file=./a.ts",
    "file://./a.ts",
    ".",
    "/home/me/project-2/a.ts",
    "/mnt/home/me/project/a.ts",
    "<tmp>/agent-XXXXXX/repo",
    "<tmp>/XXXXXX",
    "<tmp>/fixed.txt",
  ]);
  expect(
    ["/home/me/project", "/home/me/project/a/b", "/tmp/a-123456"].map((each) => paths.folder(each)),
  ).toEqual([undefined, "a/b", "<tmp>/a-XXXXXX"]);
});
