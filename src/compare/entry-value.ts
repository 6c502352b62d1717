import type { Interaction, RecordedProcess, TapeEntry } from "../cassette/model.ts";
import type { ProcessPart } from "../cassette/process-part.ts";
import { isContainer, mapParts } from "../matching/container.ts";
import { bytesValue } from "./plain-value.ts";

/** Fields that say when something happened, how long it took, or how it is referred to. */
const INCIDENTAL: ReadonlySet<string> = new Set([
  "kind",
  "at",
  "duration",
  "times",
  "timing",
  "id",
  "metadata",
]);

/** An entry that is not a request. */
export type OtherEntry = Exclude<TapeEntry, Interaction>;

/** Returns what an entry means, as JSON: all its fields but times and ids. */
export function entryValue(entry: OtherEntry): Readonly<Record<string, unknown>> {
  const fields = Object.entries(entry.kind === "process" ? untimed(entry) : entry).filter(
    ([name, value]) => value !== undefined && !INCIDENTAL.has(name),
  );
  return Object.fromEntries(fields.map(([name, value]) => [name, withoutBytes(value)]));
}

/** Returns a process with its input and output, without times. */
function untimed(entry: RecordedProcess): object {
  return { ...entry, io: entry.io.map(untimedPart) };
}

function untimedPart(part: ProcessPart): object {
  switch (part.kind) {
    case "stdin":
      return { stdin: part.bytes };
    case "stdout":
    case "stderr":
      return { [part.kind]: part.chunks };
    case "send":
    case "receive":
      return { [part.kind]: part.value };
    case "end":
      return { end: part.of };
    case "kill":
      return { kill: part.signal };
  }
}

function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return bytesValue([value]);
  if (Array.isArray(value) && value.length > 0 && value.every((each) => each instanceof Uint8Array)) {
    return bytesValue(value);
  }
  return isContainer(value) ? mapParts(value, withoutBytes) : value;
}

/** Names what an entry is, without its values: `call weather`. */
export function entryGroup(entry: OtherEntry): string {
  switch (entry.kind) {
    case "call":
    case "step":
      return `${entry.kind} ${entry.name}`;
    case "checkpoint":
      return `checkpoint ${entry.label}`;
    case "mcp":
      return `mcp ${entry.server ?? ""} ${entry.from} ${entry.method}`;
    case "process":
      return `process ${entry.command}`;
  }
}

/** Names what an entry asks for: entries with the same key answer the same. */
export function entryKey(entry: OtherEntry): readonly unknown[] {
  switch (entry.kind) {
    case "call":
      return [entry.version, entry.input];
    case "mcp":
      return [entry.params];
    case "process": {
      const { args, shell, cwd, env, io } = entry;
      const given = io.flatMap((part) => (part.kind === "stdin" ? [part.bytes] : []));
      return [args, shell, cwd, env, bytesValue(given)];
    }
    case "step":
    case "checkpoint":
      return [];
  }
}
