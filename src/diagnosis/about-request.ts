import { isNestedDeeper } from "../cassette/is-nested-deeper.ts";
import { isObject } from "../cassette/is-object.ts";
import type { RecordedRequest } from "../cassette/model.ts";
import { parseJson } from "../streams/parse-json.ts";
import { decodeText } from "../streams/text.ts";

/** How much of a message is shown, in characters. */
const MAX_SHOWN = 48;

/** Deeper bodies could overflow the stack; no message is nested like this. */
const MAX_DEPTH = 500;

/** The fields of providers' request bodies that hold the messages, the latest last. */
const MESSAGES = ["messages", "contents", "input", "inputs", "prompt"] as const;

/**
 * Says in a few words what a request asks of a model, since all requests to one API have the same URL:
 * `gpt-5-mini, "Tell me a joke."`, with the role if it is not the user's. Returns `undefined` if its body does not
 * say.
 */
export function aboutRequest(
  { body }: RecordedRequest,
  redact: (text: string) => string,
): string | undefined {
  const value = body && parseJson(decodeText(body));
  if (!isObject(value) || isNestedDeeper(value, MAX_DEPTH)) return undefined;
  const model = typeof value.model === "string" ? redact(value.model) : undefined;
  const said = MESSAGES.map((name) => lastSaid(value[name])).find((each) => each !== undefined);
  const parts = [model, said && quoted(said, redact)].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(", ");
}

interface Said {
  readonly by: string | undefined;
  readonly text: string;
}

function lastSaid(value: unknown): Said | undefined {
  if (typeof value === "string") return { by: undefined, text: value };
  const last: unknown = Array.isArray(value) ? value.at(-1) : undefined;
  const text = textOf(last);
  if (text === undefined) return undefined;
  const by = isObject(last) && typeof last.role === "string" && last.role !== "user" ? last.role : undefined;
  return { by, text };
}

/** Returns the last text in a message, in any provider's format. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOf).findLast((text) => text !== undefined);
  if (!isObject(value)) return undefined;
  return textOf(value.text ?? value.content ?? value.parts ?? value.output);
}

function quoted({ by, text }: Said, redact: (text: string) => string): string {
  const line = redact(text).replace(/\s+/g, " ").trim();
  const cut = line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN).trimEnd()}…` : line;
  return `${by === undefined ? "" : `${by}: `}${JSON.stringify(cut)}`;
}
