import { mcpTypeOf, type RecordedMcp, type RecordedMcpError } from "../cassette/model.ts";
import { MAX_MILLISECONDS } from "./limits.ts";
import { plainNumber, plainType, type TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";
import { PLACE_KEYS, readPlace } from "./read-place.ts";
import { readValue } from "./read-value.ts";

export const MCP_KEYS = [
  ...PLACE_KEYS,
  "mcp",
  "type",
  "from",
  "server",
  "params",
  "result",
  "error",
  "duration",
] as const;

/** Reads an MCP message. Only its method is required. */
export function readMcp(reader: NodeReader, node: TapeNode, atBefore: number): RecordedMcp {
  const fields = reader.fields(node, "an MCP message", MCP_KEYS);
  if (fields.mcp === undefined) throw reader.error(node, "an MCP message needs a method");
  const method = reader.string(fields.mcp, "the method of the MCP message");
  const entry: { -readonly [K in keyof RecordedMcp]: RecordedMcp[K] } = {
    kind: "mcp",
    ...readPlace(reader, fields, atBefore),
    method,
    type: fields.type
      ? reader.word(fields.type, "the type of the MCP message", ["request", "notification"])
      : mcpTypeOf(method),
    from: fields.from
      ? reader.word(fields.from, "the sender of the MCP message", ["client", "server"])
      : "client",
  };
  if (fields.server) entry.server = reader.string(fields.server, "the name of the MCP server");
  const params = readValue(reader, fields.params);
  if (params !== undefined) entry.params = params;
  const result = readValue(reader, fields.result);
  if (result !== undefined) entry.result = result;
  if (fields.error) entry.error = readError(reader, fields.error);
  if (fields.duration) entry.duration = reader.number(fields.duration, "the duration", 0, MAX_MILLISECONDS);
  return entry;
}

function readError(reader: NodeReader, node: TapeNode): RecordedMcpError {
  const fields = reader.fields(node, "an MCP error", ["code", "message", "data"] as const);
  const data = readValue(reader, fields.data);
  return {
    code: fields.code ? readCode(reader, fields.code) : -32603,
    message: fields.message ? reader.string(fields.message, "the message of the error") : "",
    ...(data === undefined ? {} : { data }),
  };
}

function readCode(reader: NodeReader, node: TapeNode): number {
  const { text, plain } = reader.scalar(node, "the code of the error");
  if (!plain || plainType(text) !== "number")
    throw reader.error(node, "the code of an MCP error is a number");
  return plainNumber(text);
}
