import { isObject } from "../cassette/is-object.ts";
import type { Decoded, FramedEvent, StreamDecoder, StreamErrorInfo, TraceUsage } from "./decoder.ts";
import type { Framed } from "./framing.ts";
import { StreamEvent } from "./stream-event.ts";
import { type ToolCall, ToolCallAssembler } from "./tool-calls.ts";
import { TraceEvent } from "./trace-event.ts";

/** Everything that a decoder read in the events of a stream. */
export interface ReadStream {
  readonly events: readonly TraceEvent[];
  readonly model: string | undefined;
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: string | undefined;
  readonly usage: TraceUsage | undefined;
  /** Whether `usage` was told before the answer was counted, and no later one came. */
  readonly usageIsProvisional: boolean;
  readonly error: StreamErrorInfo | undefined;
  readonly terminated: boolean | undefined;
  readonly rest: string | undefined;
  /** Whether nothing is missing at the end, as far as the events tell. */
  readonly whole: boolean;
}

const NOTHING: readonly Decoded[] = [];

/** Reads the events of `framed` in order with `decoder`; without one, only the events themselves are there. */
export function readStream(framed: Framed, decoder: StreamDecoder | undefined): ReadStream {
  const gathered = new Gathered();
  const events: TraceEvent[] = [];
  const take = (event: FramedEvent): void => {
    const decoded = decoder?.decode(event) ?? NOTHING;
    for (const each of decoded) gathered.add(each);
    events.push(new TraceEvent(event, decoded, gathered.textLength));
  };

  for (const event of framed.events) take(event);
  // The standard drops an event that no blank line closed, since its data may go on. The provider's own
  // marker, or an error that it sent as its last word, cannot go on, and clients that are less strict have it.
  const unclosed = framed.unclosed;
  const kept = decoder !== undefined && unclosed !== undefined && cannotGoOn(unclosed);
  if (kept) take(unclosed);

  const strayed = decoder === undefined ? [] : strayErrors(framed, decoder);
  for (const error of strayed) gathered.add({ kind: "error", error });
  if (framed.fault !== undefined) {
    gathered.add({
      kind: "error",
      error: { type: "framing", code: framed.fault.code, message: framed.fault.message },
    });
  }

  // An error that was read whole is not cut, though no line end follows it.
  const rest = kept || strayed.length > 0 ? undefined : framed.rest;
  const { finishReason, error, terminated } = gathered;
  // One JSON value is whole by itself, and SDKs that hand on values keep the marker to themselves.
  const marked = decoder?.hasTerminator === true && framed.framing !== "json" && framed.framing !== "values";
  const ended =
    terminated ||
    !marked ||
    // A provider that tells of a failure sends nothing after it.
    error !== undefined ||
    (decoder.terminatorOptional === true && finishReason !== undefined);
  return {
    events,
    model: gathered.model,
    text: gathered.text,
    reasoning: gathered.reasoning,
    refusal: gathered.refusal,
    toolCalls: gathered.toolCalls.finish(finishReason !== undefined || terminated),
    finishReason,
    usage: gathered.usage,
    usageIsProvisional: gathered.usageIsProvisional,
    error,
    terminated: terminated || marked ? terminated : undefined,
    rest,
    whole: ended && rest === undefined && framed.fault === undefined,
  };
}

class Gathered {
  readonly #text: string[] = [];
  readonly #reasoning: string[] = [];
  readonly #refusal: string[] = [];
  readonly toolCalls = new ToolCallAssembler();
  textLength = 0;
  model: string | undefined;
  finishReason: string | undefined;
  usage: TraceUsage | undefined;
  usageIsProvisional = false;
  error: StreamErrorInfo | undefined;
  terminated = false;

  get text(): string {
    return this.#text.join("");
  }

  get reasoning(): string {
    return this.#reasoning.join("");
  }

  get refusal(): string {
    return this.#refusal.join("");
  }

  add(decoded: Decoded): void {
    switch (decoded.kind) {
      case "text":
        this.#text.push(decoded.text);
        this.textLength += decoded.text.length;
        break;
      case "reasoning":
        this.#reasoning.push(decoded.text);
        break;
      case "refusal":
        this.#refusal.push(decoded.text);
        break;
      case "toolCall":
        this.toolCalls.add(decoded);
        break;
      case "finish":
        this.finishReason = decoded.reason;
        break;
      case "usage":
        this.usage = decoded.usage;
        this.usageIsProvisional = decoded.provisional === true;
        break;
      case "model":
        this.model ??= decoded.model;
        break;
      case "error":
        // The first says what went wrong; what follows (`response.failed`) repeats it.
        this.error ??= decoded.error;
        break;
      case "terminated":
        this.terminated = true;
        break;
    }
  }
}

function cannotGoOn(event: FramedEvent): boolean {
  return event.data === "[DONE]" || (isObject(event.payload) && "error" in event.payload);
}

/**
 * Errors in lines that SSE parsers skip: llama.cpp's `error: {...}`, and Google's error object without
 * `data:`, which may spread over lines.
 */
function strayErrors({ strays, events }: Framed, decoder: StreamDecoder): StreamErrorInfo[] {
  // Nothing but JSON is no stream of events with an error in it.
  if (events.length === 0 && !strays.some(({ line }) => /^\s*error:/.test(line))) return [];
  const first = strays.findIndex(({ line }) => /^\s*(?:error:\s*)?\{/.test(line));
  if (first === -1) return [];
  const text = strays
    .slice(first)
    .map(({ line }) => line)
    .join("\n");
  const data = text.replace(/^\s*error:\s*/, "");
  const event = new StreamEvent(events.length, strays[first]?.at, { event: "error", data });
  const payload = event.payload;
  if (!isObject(payload)) return [];
  const wrapped =
    "error" in payload
      ? event
      : new StreamEvent(event.index, event.at, { event: "error", data: `{"error":${data}}` });
  return decoder.decode(wrapped).flatMap((each) => (each.kind === "error" ? [each.error] : []));
}
