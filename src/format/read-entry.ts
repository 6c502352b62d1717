import {
  CALL_FORMS,
  mcpTypeOf,
  type RecordedMcpError,
  type RecordedThrown,
  STEP_TYPES,
  type TapeEntry,
} from "../cassette/model.ts";
import { didYouMean } from "../options/did-you-mean.ts";
import { plainNumber, plainType, type TapeNode } from "./node.ts";
import type { NodeReader, ReadNode } from "./node-reader.ts";
import { listOf, milliseconds, readValue, text, textOrNumber, word } from "./read-fields.ts";
import { readRequest, readResponse } from "./read-interaction.ts";
import { readPart, withTimes } from "./read-io.ts";

/** The fields that every entry has. */
const PLACE = {
  at: milliseconds("at, in milliseconds"),
  test: text("test, the name of the test that recorded it"),
  parent: text("parent, the call or step that it happened in"),
};

export const ERROR_FIELDS = {
  name: text("the name of the error"),
  class: text("the class of the error"),
  code: textOrNumber("the code of the error"),
  message: text("the message of the error"),
  cause: readThrown,
  errors: listOf("errors", readThrown),
  thrown: readValue,
};

function readThrown(reader: NodeReader, node: TapeNode): RecordedThrown {
  const { thrown, ...error } = reader.fields(node, "an error", ERROR_FIELDS);
  return thrown === undefined ? { name: "Error", message: "", ...error } : { thrown };
}

const MCP_ERROR_FIELDS = {
  code: readMcpCode,
  message: text("the message of the error"),
  data: readValue,
};

function readMcpError(reader: NodeReader, node: TapeNode): RecordedMcpError {
  return { code: -32603, message: "", ...reader.fields(node, "an MCP error", MCP_ERROR_FIELDS) };
}

function readMcpCode(reader: NodeReader, node: TapeNode): number {
  const { text, plain } = reader.scalar(node, "the code of the error");
  if (!plain || plainType(text) !== "number")
    throw reader.error(node, "the code of an MCP error is a number");
  return plainNumber(text);
}

function readVariables(reader: NodeReader, node: TapeNode): Readonly<Record<string, string>> {
  const { entries } = reader.map(node, "env");
  const value = text("a variable of the environment");
  return Object.fromEntries(entries.map((entry) => [entry.key, value(reader, entry.value)]));
}

/** What the exit of a process is that ran until the end of the recording. */
export const RUNNING = "running";

/** The fields of each kind of entry. The first one after those of every entry tells the kind. */
export const ENTRY_FIELDS = {
  request: { ...PLACE, request: readRequest, response: readResponse },
  call: {
    ...PLACE,
    call: text("the name of the call"),
    id: text("the id of the call"),
    type: word("the type of the call", ["function", "tool"]),
    version: text("the version of the function"),
    input: readValue,
    returns: word("what the call returns", CALL_FORMS),
    items: listOf("items", readValue),
    times: listOf("times", milliseconds("a time")),
    output: readValue,
    error: readThrown,
    end: word("the end of the call", ["complete", "aborted"]),
    duration: milliseconds("the duration"),
  },
  step: {
    ...PLACE,
    step: text("the name of the step"),
    id: text("the id of the step"),
    type: word("the type of the step", STEP_TYPES),
    duration: milliseconds("the duration"),
  },
  checkpoint: {
    ...PLACE,
    checkpoint: text("the label of the checkpoint"),
    value: readValue,
    metadata: readValue,
  },
  mcp: {
    ...PLACE,
    mcp: text("the method of the MCP message"),
    type: word("the type of the MCP message", ["request", "notification"]),
    from: word("the sender of the MCP message", ["client", "server"]),
    server: text("the name of the MCP server"),
    params: readValue,
    result: readValue,
    error: readMcpError,
    duration: milliseconds("the duration"),
  },
  process: {
    ...PLACE,
    process: text("the name of the program"),
    args: listOf("args", text("an argument")),
    shell: text("the line that a shell runs"),
    cwd: text("the working directory"),
    env: readVariables,
    exit: textOrNumber("an exit code, a signal, or running"),
    error: text("the code of the error"),
    duration: milliseconds("the duration"),
    times: listOf("times", milliseconds("a time")),
    io: listOf("io", readPart),
  },
} satisfies Record<TapeEntry["kind"], Readonly<Record<string, ReadNode<unknown>>>>;

const KNOWN_KEYS = new Set<string>(Object.values(ENTRY_FIELDS).flatMap(Object.keys));

/**
 * Reads one entry of the timeline. A tape written by hand needs no more of it than what tells its kind, and the
 * response of a request.
 *
 * @param atBefore the time of the entry before it, for an entry without one
 * @param recordedWith the package and version that recorded the tape
 */
export function readEntry(
  reader: NodeReader,
  node: TapeNode,
  atBefore: number,
  recordedWith: string | undefined,
): TapeEntry {
  const needs = <T>(value: T | undefined, why: string): T => {
    if (value === undefined) throw reader.error(node, why);
    return value;
  };
  const kind = kindOf(reader, node, recordedWith);
  switch (kind) {
    case "request": {
      const { at = atBefore, ...given } = reader.fields(node, "an interaction", ENTRY_FIELDS[kind]);
      const both = "an interaction needs a request and a response, and this one has no";
      const request = needs(given.request, `${both} request`);
      const response = needs(given.response, `${both} response`);
      return { kind, at, ...given, request, response };
    }
    case "call": {
      const { at = atBefore, call, returns, ...given } = reader.fields(node, "a call", ENTRY_FIELDS[kind]);
      const name = needs(call, "a call needs a name");
      const form = returns ?? (given.items ? "async iterable" : "promise");
      return { kind, at, name, type: "function", form, end: "complete", ...given };
    }
    case "step": {
      const { at = atBefore, step, ...given } = reader.fields(node, "a step", ENTRY_FIELDS[kind]);
      return { kind, at, name: needs(step, "a step needs a name"), type: "step", ...given };
    }
    case "checkpoint": {
      const { at = atBefore, checkpoint, ...given } = reader.fields(node, "a checkpoint", ENTRY_FIELDS[kind]);
      return { kind, at, label: needs(checkpoint, "a checkpoint needs a label"), ...given };
    }
    case "mcp": {
      const { at = atBefore, mcp, ...given } = reader.fields(node, "an MCP message", ENTRY_FIELDS[kind]);
      const method = needs(mcp, "an MCP message needs a method");
      return { kind, at, method, type: mcpTypeOf(method), from: "client", ...given };
    }
    case "process": {
      const fields = reader.fields(node, "a process", ENTRY_FIELDS[kind]);
      const { at = atBefore, process, times, io = [], exit, ...given } = fields;
      return {
        kind,
        at,
        command: needs(process, "a process needs the name of its program"),
        ...(given.shell === undefined ? { args: [] } : {}),
        ...given,
        ...(exit === RUNNING || (exit === undefined && given.error !== undefined) ? {} : { exit: exit ?? 0 }),
        io: withTimes(io, times),
      };
    }
  }
}

function kindOf(reader: NodeReader, node: TapeNode, recordedWith: string | undefined): TapeEntry["kind"] {
  const kinds = Object.keys(ENTRY_FIELDS);
  const { entries } = reader.map(node, "an entry");
  const [first, second] = entries.filter(({ key }) => kinds.includes(key));
  if (second !== undefined && second.key !== first?.key) {
    const found = `this one has ${first?.key} and ${second.key}`;
    throw reader.errorOfKey(node, second, `an entry is of one kind, and ${found}`);
  }
  if (first !== undefined) return first.key as TapeEntry["kind"];
  const unknown = entries.find(({ key }) => !KNOWN_KEYS.has(key));
  if (unknown === undefined) return "request";
  const meant = didYouMean(unknown.key, kinds);
  throw reader.errorOfKey(
    node,
    unknown,
    `this version does not know the kind of entry ${JSON.stringify(unknown.key)}`,
    [
      ...(meant === undefined ? [] : [`Did you mean ${meant}?`]),
      `Known kinds: ${kinds.join(", ")}.`,
      recordedWith
        ? `${recordedWith} recorded the cassette: use that version or a later one.`
        : "If a later version of vitest-cassette wrote it, upgrade.",
    ].join(" "),
    "CASSETTE_TAPE_VERSION",
  );
}
