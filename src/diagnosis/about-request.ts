import { isObject } from "../cassette/is-object.ts";
import type { RecordedRequest } from "../cassette/model.ts";
import { askedOf } from "../providers/asked-of.ts";
import { parseJson } from "../streams/parse-json.ts";
import { decodeText } from "../streams/text.ts";

/** How much of a message is shown, in characters. */
const MAX_SHOWN = 48;

/**
 * Says in a few words what a request asks of a model, since all requests to one API have the same URL:
 * `gpt-5-mini, "Tell me a joke."`. Returns `undefined` if its body does not say.
 */
export function aboutRequest(request: RecordedRequest, redact: (text: string) => string): string | undefined {
  const body = request.body && parseJson(decodeText(request.body));
  const model = isObject(body) && typeof body.model === "string" ? redact(body.model) : undefined;
  const asked = askedOf(request).at(-1);
  const parts = [model, asked && quoted(redact(asked))].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(", ");
}

function quoted(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return JSON.stringify(line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN).trimEnd()}…` : line);
}
