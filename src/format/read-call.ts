import { CALL_FORMS, type RecordedCall, type RecordedThrown } from "../cassette/model.ts";
import { MAX_MILLISECONDS } from "./limits.ts";
import { plainNumber, plainType, type TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";
import { PLACE_KEYS, readPlace } from "./read-place.ts";
import { readValue } from "./read-value.ts";

export const CALL_KEYS = [
  ...PLACE_KEYS,
  "call",
  "id",
  "type",
  "version",
  "input",
  "returns",
  "items",
  "times",
  "output",
  "error",
  "end",
  "duration",
] as const;

export const ERROR_KEYS = ["name", "class", "code", "message", "cause", "errors", "thrown"] as const;

/** Reads a call. A tape written by hand needs no more than its name: the defaults are a function that resolves to `undefined`. */
export function readCall(reader: NodeReader, node: TapeNode, atBefore: number): RecordedCall {
  const fields = reader.fields(node, "a call", CALL_KEYS);
  if (fields.call === undefined) throw reader.error(node, "a call needs a name");
  const form = fields.returns ? reader.word(fields.returns, "what the call returns", CALL_FORMS) : undefined;
  const call: { -readonly [K in keyof RecordedCall]: RecordedCall[K] } = {
    kind: "call",
    ...readPlace(reader, fields, atBefore),
    name: reader.string(fields.call, "the name of the call"),
    type: fields.type ? reader.word(fields.type, "the type of the call", ["function", "tool"]) : "function",
    form: form ?? (fields.items ? "async iterable" : "promise"),
    end: fields.end ? reader.word(fields.end, "the end of the call", ["complete", "aborted"]) : "complete",
  };
  if (fields.id) call.id = reader.string(fields.id, "the id of the call");
  if (fields.version) call.version = reader.string(fields.version, "the version of the function");
  const input = readValue(reader, fields.input);
  if (input !== undefined) call.input = input;
  const output = readValue(reader, fields.output);
  if (output !== undefined) call.output = output;
  if (fields.items) {
    call.items = reader.list(fields.items, "items").items.map((item) => readValue(reader, item) ?? null);
  }
  if (fields.times) {
    const { items } = reader.list(fields.times, "times");
    call.times = items.map((time) => reader.number(time, "a time", 0, MAX_MILLISECONDS));
  }
  if (fields.error) call.error = readThrown(reader, fields.error);
  if (fields.duration) call.duration = reader.number(fields.duration, "the duration", 0, MAX_MILLISECONDS);
  return call;
}

function readThrown(reader: NodeReader, node: TapeNode): RecordedThrown {
  const fields = reader.fields(node, "an error", ERROR_KEYS);
  const thrown = readValue(reader, fields.thrown);
  if (thrown !== undefined) return { thrown };
  const code = fields.code && readCode(reader, fields.code);
  const errors = fields.errors && reader.list(fields.errors, "errors").items;
  return {
    name: fields.name ? reader.string(fields.name, "the name of the error") : "Error",
    ...(fields.class ? { class: reader.string(fields.class, "the class of the error") } : {}),
    ...(code === undefined ? {} : { code }),
    message: fields.message ? reader.string(fields.message, "the message of the error") : "",
    ...(fields.cause ? { cause: readThrown(reader, fields.cause) } : {}),
    ...(errors ? { errors: errors.map((each) => readThrown(reader, each)) } : {}),
  };
}

function readCode(reader: NodeReader, node: TapeNode): string | number {
  const { text, plain } = reader.scalar(node, "the code of the error");
  return plain && plainType(text) === "number" ? plainNumber(text) : text;
}
