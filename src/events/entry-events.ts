import { Buffer } from "node:buffer";
import type { RecordedCall, RecordedMcp, RecordedProcess, RecordedStep } from "../cassette/model.ts";
import type { EventFields } from "./event.ts";
import { shownText } from "./shown-text.ts";
import { summarizeValue } from "./summarize.ts";

/** An entry that something local did: it starts and ends. */
export type Work = RecordedCall | RecordedMcp | RecordedProcess | RecordedStep;

/** An event without its id and parent. */
type About<Type extends "tool_call" | "tool_result" | "step"> = Omit<EventFields<Type>, "id" | "parent">;

/** Work that has an input and a result. */
export type LocalWork = Exclude<Work, RecordedStep>;

/** Returns what the start of an entry says. The entry may be unfinished. */
export function callOf(entry: LocalWork): About<"tool_call"> {
  switch (entry.kind) {
    case "call":
      return { name: entry.name, kind: entry.type, input: summarizeValue(entry.input) };
    case "mcp":
      return { name: entry.method, kind: "mcp", input: summarizeValue(entry.params) };
    case "process": {
      const { command: name, args, shell, cwd, env } = entry;
      const input = { args, shell, cwd, env, stdin: said(entry, "stdin") };
      return { name, kind: "process", input: summarizeValue(input) };
    }
  }
}

/** Returns what the end of an entry says. */
export function callResultOf(entry: LocalWork, replayed: boolean): About<"tool_result"> {
  const { duration } = entry;
  switch (entry.kind) {
    case "call": {
      const { name, output, items, error } = entry;
      return {
        name,
        output: summarizeValue(items ?? output),
        error: error && errorOf(error),
        duration,
        replayed,
      };
    }
    case "mcp": {
      const { method: name, result, error } = entry;
      return {
        name,
        output: summarizeValue(result),
        error: error && { message: `${error.code} ${error.message}` },
        duration,
        replayed,
      };
    }
    case "process": {
      const { command: name, exit, error } = entry;
      return {
        name,
        output: summarizeValue({ exit, stdout: said(entry, "stdout"), stderr: said(entry, "stderr") }),
        error: error === undefined ? undefined : { name: error, message: error },
        duration,
        replayed,
      };
    }
  }
}

/** Whether an entry has an end of its own: an MCP notification has none. */
export function hasResult(entry: Work): boolean {
  return entry.kind !== "mcp" || entry.type === "request";
}

function said({ io }: RecordedProcess, kind: "stdin" | "stdout" | "stderr"): string | undefined {
  const chunks = io.flatMap((part) =>
    part.kind !== kind ? [] : part.kind === "stdin" ? [part.bytes] : part.chunks,
  );
  return chunks.length === 0 ? undefined : (shownText(Buffer.concat(chunks)) ?? "binary");
}

function errorOf(error: NonNullable<RecordedCall["error"]>): {
  readonly name?: string;
  readonly message: string;
} {
  if ("thrown" in error) return { message: JSON.stringify(error.thrown) };
  return { name: error.name, message: error.message };
}
