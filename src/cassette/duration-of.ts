import type { TapeEntry } from "./model.ts";

/** Returns how long an entry took, in milliseconds; 0 if that is unknown. */
export function durationOf(entry: TapeEntry): number {
  switch (entry.kind) {
    case "request":
      return entry.response.timing?.chunks.at(-1) ?? entry.response.timing?.headers ?? 0;
    case "call":
    case "step":
    case "mcp":
    case "process":
      return entry.duration ?? 0;
    case "checkpoint":
      return 0;
  }
}
