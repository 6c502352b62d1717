import { isObject } from "../cassette/is-object.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";

/** How many events at the beginning of a response may name it. */
const FIRST = 5;

/** Returns the id that the provider gave a response; `undefined` if it gave none. */
export function responseIdOf({ provider, events }: StreamTrace): string | undefined {
  if (provider === undefined || provider === "mcp") return undefined;
  for (const { payload } of events.slice(0, FIRST)) {
    if (!isObject(payload)) continue;
    // Chat, Cohere · OpenAI's responses · Anthropic · Gemini
    const id =
      innerId(payload.response) ??
      innerId(payload.message) ??
      textOf(payload.id) ??
      textOf(payload.responseId);
    if (id !== undefined) return id;
  }
  return undefined;
}

function innerId(value: unknown): string | undefined {
  return isObject(value) ? textOf(value.id) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
