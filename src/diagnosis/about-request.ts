import type { RecordedRequest } from "../cassette/model.ts";
import { parseJson } from "../streams/parse-json.ts";
import { decodeText } from "../streams/text.ts";

/** Longest part of a message that is shown. */
const LONGEST = 48;

/** Where the providers' request bodies keep what is said, the last of it last. */
const SAID = ["messages", "contents", "input", "inputs", "prompt"] as const;

/**
 * What a request to a model is about, in a few words, since all of one API have the same URL: `gpt-5-mini, "Tell me a
 * joke."`, with who said it where that was not the user. `undefined` where its body does not say.
 */
export function aboutRequest(
  { body }: RecordedRequest,
  redact: (text: string) => string,
): string | undefined {
  const value = body && parseJson(decodeText(body));
  if (!isFields(value)) return undefined;
  const model = typeof value.model === "string" ? redact(value.model) : undefined;
  const said = SAID.map((name) => lastSaid(value[name])).find((each) => each !== undefined);
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
  const by = isFields(last) && typeof last.role === "string" && last.role !== "user" ? last.role : undefined;
  return { by, text };
}

/** The last text in a message, whatever its provider wraps it in. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOf).findLast((text) => text !== undefined);
  if (!isFields(value)) return undefined;
  return textOf(value.text ?? value.content ?? value.parts ?? value.output);
}

function quoted({ by, text }: Said, redact: (text: string) => string): string {
  const line = redact(text).replace(/\s+/g, " ").trim();
  const cut = line.length > LONGEST ? `${line.slice(0, LONGEST).trimEnd()}…` : line;
  return `${by === undefined ? "" : `${by}: `}${JSON.stringify(cut)}`;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
