import { isObject } from "../cassette/is-object.ts";
import type { Interaction } from "../cassette/model.ts";
import { storedBodyOf } from "../cassette/stored-body.ts";
import { isBinary } from "../http/is-binary.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import { bytesValue } from "./plain-value.ts";

/** Fields of an answer that are new for every request. */
const PER_REQUEST: ReadonlySet<string> = new Set([
  ...["id", "created", "created_at", "createTime", "request_id", "response_id", "responseId"],
  "system_fingerprint",
]);

/** Whether a decoder found what a model said. Other responses are compared by their bodies. */
export function saysAnything({ text, reasoning, refusal, toolCalls, error }: StreamTrace): boolean {
  return (
    [text, reasoning, refusal].some((each) => each !== "") || toolCalls.length > 0 || error !== undefined
  );
}

/**
 * Returns the content of a body that no decoder reads: its JSON or its events without what is new for every request, its
 * text, or the size and hash of other bytes.
 */
export function responseContent(interaction: Interaction): unknown {
  const { response } = interaction;
  if (isBinary(response)) return bytesValue(response.chunks);
  const { events, chunks } = traceInteraction(interaction);
  if (events.length === 0 && storedBodyOf(response.chunks) !== undefined) return bytesValue(response.chunks);
  const values = events.map(({ payload, data }) => withoutIds(payload ?? data));
  const [first, ...more] = values;
  if (first === undefined) return bytesValue(chunks.map(({ bytes }) => bytes));
  return more.length === 0 ? first : values;
}

function withoutIds(payload: unknown): unknown {
  if (!isObject(payload)) return payload;
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !PER_REQUEST.has(name)));
}
