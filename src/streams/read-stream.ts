import { isObject } from "../cassette/is-object.ts";
import type { Decoded, FramedEvent, StreamDecoder, StreamErrorInfo, TraceUsage } from "./decoder.ts";
import type { Framed } from "./framing.ts";
import { StreamEvent } from "./stream-event.ts";
import { type ToolCall, ToolCallAssembler } from "./tool-calls.ts";
import { TraceEvent } from "./trace-event.ts";

/** Everything that a decoder found in the events of a stream. */
export interface ReadStream {
  readonly events: readonly TraceEvent[];
  readonly model: string | undefined;
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: string | undefined;
  readonly usage: TraceUsage | undefined;
  /** Whether `usage` is a first count, and no final one followed. */
  readonly usageIsProvisional: boolean;
  readonly error: StreamErrorInfo | undefined;
  readonly terminated: boolean | undefined;
  readonly rest: string | undefined;
  /** Whether nothing is missing at the end, as far as the events show. */
  readonly whole: boolean;
}

const NOTHING: readonly Decoded[] = [];

/** Reads the events of `framed` with `decoder`. Without a decoder, the result has only the events. */
export function readStream(framed: Framed, decoder: StreamDecoder | undefined): ReadStream {
  const gathered = new Gathered();
  const events: TraceEvent[] = [];
  const take = (event: FramedEvent): void => {
    const decoded = decoder?.decode(event) ?? NOTHING;
    for (const each of decoded) gathered.add(each);
    events.push(new TraceEvent(event, decoded, gathered.textLength));
  };

  for (const event of framed.events) take(event);
  // The standard drops an event that no blank line closed, because more data could follow. Nothing can follow
  // the provider's end marker or an error, and lenient clients read these.
  const unclosed = framed.unclosed;
  const kept = decoder !== undefined && unclosed !== undefined && isComplete(unclosed);
  if (kept) take(unclosed);

  const fromStrays = decoder === undefined ? [] : strayErrors(framed, decoder);
  for (const error of fromStrays) gathered.add({ kind: "error", error });
  if (framed.fault !== undefined) {
    gathered.add({
      kind: "error",
      error: { type: "framing", code: framed.fault.code, message: framed.fault.message },
    });
  }

  // A complete error was not cut off, even without a line end.
  const rest = kept || fromStrays.length > 0 ? undefined : framed.rest;
  const { finishReason, error, terminated } = gathered;
  // One JSON value needs no marker, and SDKs that yield values don't pass it on.
  const marked = decoder?.hasTerminator === true && framed.framing !== "json" && framed.framing !== "values";
  const ended =
    terminated ||
    !marked ||
    // A provider sends nothing after an error.
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
        // The first error says what went wrong; later ones (`response.failed`) repeat it.
        this.error ??= decoded.error;
        break;
      case "terminated":
        this.terminated = true;
        break;
    }
  }
}

function isComplete(event: FramedEvent): boolean {
  return event.data === "[DONE]" || (isObject(event.payload) && "error" in event.payload);
}

/**
 * Finds errors in lines that SSE parsers skip: llama.cpp's `error: {...}`, and Google's error object without
 * `data:`, which can span lines.
 */
function strayErrors({ strays, events }: Framed, decoder: StreamDecoder): StreamErrorInfo[] {
  // A body with nothing but JSON is not an SSE stream with an error in it.
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
