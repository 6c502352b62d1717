import { Buffer } from "node:buffer";
import { isObject } from "../cassette/is-object.ts";
import type { TapeEntry } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { toTapeValue } from "./tape-value.ts";

/** A call, step or checkpoint of this run, played or not. */
export interface Happened {
  readonly kind: "call" | "step" | "checkpoint";
  readonly name: string;
  /** Of a call: the argument that is compared. */
  readonly input?: TapeValue | undefined;
}

/** Returns what an entry of the tape says that the run did. Calls of MCP tools are calls, also those over HTTP. */
export function asHappened(entry: TapeEntry): readonly Happened[] {
  switch (entry.kind) {
    case "call":
    case "step":
      return [{ kind: entry.kind, name: entry.name, ...("input" in entry ? { input: entry.input } : {}) }];
    case "checkpoint":
      return [{ kind: "checkpoint", name: entry.label }];
    case "mcp":
      return entry.from === "client" ? toolCallOf(entry) : [];
    case "process":
      return entry.io.flatMap((part) => (part.kind === "stdin" ? toolCallsInLines(part.bytes) : []));
    case "request":
      return toolCallsIn(entry.request.body);
  }
}

/** Returns the call of a tool that an MCP message makes, if it makes one. The message is JSON. */
export function toolCallOf(message: { readonly method?: unknown; readonly params?: unknown }): Happened[] {
  const { method, params } = message;
  if (method !== TOOL_CALL || !isObject(params) || typeof params.name !== "string") return [];
  return [{ kind: "call", name: params.name, input: toTapeValue(params.arguments, "arguments") }];
}

/** Returns the calls of tools that the body of a request makes, if it is MCP over HTTP. */
export function toolCallsIn(body: Uint8Array | undefined): readonly Happened[] {
  if (body === undefined) return [];
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // Prompts are large. Only a message of MCP is worth parsing.
  if (!bytes.includes(TOOL_CALL) || !bytes.includes('"jsonrpc"')) return [];
  try {
    return [JSON.parse(bytes.toString()) as unknown]
      .flat()
      .flatMap((each) => (isObject(each) && "jsonrpc" in each ? toolCallOf(each) : []));
  } catch {
    // Text that speaks of MCP.
    return [];
  }
}

/** Returns the calls of tools in what a process is given, if it speaks MCP: a message a line. */
export function toolCallsInLines(bytes: Uint8Array): readonly Happened[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!text.includes(TOOL_CALL)) return [];
  return text
    .toString()
    .split("\n")
    .flatMap((line) => toolCallsIn(Buffer.from(line)));
}

const TOOL_CALL = "tools/call";
