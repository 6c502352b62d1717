import type { Attributes, Context, Meter, Span, Tracer } from "@opentelemetry/api";
import type { OtelMeter, OtelTracer } from "../../options/options.ts";
import type {
  CassetteEvent,
  LlmCallEvent,
  LlmResultEvent,
  StepEvent,
  ToolCallEvent,
  ToolResultEvent,
} from "../event.ts";
import { describeHttp, describeHttpResult, errorTypeOf } from "./describe-http.ts";
import { describeModelCall, describeModelResult, isModelCall } from "./describe-model-call.ts";
import { type Described, describeMcp, describeStep, describeTool, toolErrorOf } from "./describe-work.ts";
import { inputMessages, outputMessages, systemInstructions } from "./messages.ts";
import { Metrics } from "./metrics.ts";
import type { OtelApi } from "./otel-api.ts";

const SCOPE = "vitest-cassette";

export interface SpanWriterOptions {
  /** @defaultValue that of the global provider */
  readonly tracer?: OtelTracer | undefined;
  /** @defaultValue that of the global provider */
  readonly meter?: OtelMeter | undefined;
  /** Whether messages and the input and output of tools are attributes. */
  readonly content: boolean;
  /** The version of this package. */
  readonly version: string;
}

type StartEvent = LlmCallEvent | ToolCallEvent | StepEvent;

interface Open {
  readonly span: Span;
  readonly event: StartEvent;
  readonly attributes: Attributes;
}

interface Ended {
  /** Milliseconds; `undefined` for the time of the event. */
  readonly duration: number | undefined;
  readonly errorType: string | undefined;
  readonly message?: string | undefined;
  readonly attributes?: Attributes;
}

/** Writes the spans and metrics of one session, by the GenAI and MCP conventions of OpenTelemetry. */
export class SpanWriter {
  readonly #api: OtelApi;
  readonly #tracer: Tracer;
  readonly #metrics: Metrics;
  readonly #content: boolean;
  readonly #open = new Map<string, Open>();
  /** Of each span, by the id of its event: another one may start in it later. */
  readonly #contexts = new Map<string, Context>();

  constructor(api: OtelApi, { tracer, meter, content, version }: SpanWriterOptions) {
    this.#api = api;
    this.#tracer = (tracer as Tracer | undefined) ?? api.trace.getTracer(SCOPE, version);
    this.#metrics = new Metrics((meter as Meter | undefined) ?? api.metrics.getMeter(SCOPE, version));
    this.#content = content;
  }

  /** @param active the context of the code that the event is about */
  take(event: CassetteEvent, active: Context): void {
    switch (event.type) {
      case "llm_call":
        this.#start(event, active, this.#request(event));
        break;
      case "llm_result":
        this.#respond(event);
        break;
      case "tool_call":
        this.#start(event, active, describeTool(event), this.#contentOf("arguments", event.input));
        // An MCP notification has no result.
        if (event.kind === "mcp" && event.name.startsWith("notifications/"))
          this.#end(event.id, event.time, { duration: 0, errorType: undefined });
        break;
      case "tool_result":
        this.#return(event);
        break;
      case "step":
        if (event.phase === "start") this.#start(event, active, describeStep(event));
        else {
          const errorType = event.error && (event.error.name ?? "_OTHER");
          const { duration, error } = event;
          this.#end(event.id, event.time, { duration, errorType, message: error?.message });
        }
        break;
      case "checkpoint":
        this.#open
          .get(event.parent ?? "")
          ?.span.addEvent("cassette.checkpoint", { "cassette.checkpoint.label": event.label }, event.time);
        break;
      case "session_end":
        for (const id of this.#open.keys()) {
          const attributes = { "cassette.unfinished": true };
          this.#end(id, event.time, { duration: undefined, errorType: undefined, attributes });
        }
    }
  }

  #request(call: LlmCallEvent): Described {
    if (call.provider === "mcp" && isRpc(call.request))
      return { ...describeMcp(call.request.method, call.request.params), isClient: true };
    return { ...(isModelCall(call) ? describeModelCall(call) : describeHttp(call)), isClient: true };
  }

  #respond(result: LlmResultEvent): void {
    const open = this.#open.get(result.id);
    if (open === undefined) return;
    const call = open.event as LlmCallEvent;
    const errorType = errorTypeOf(result);
    const duration = result.timing.duration ?? result.time - call.time;
    const isModel = isModelCall(call);
    const attributes: Attributes = {
      ...(isModel ? describeModelResult(call, result) : describeHttpResult(result)),
      "cassette.replayed": result.replayed,
    };
    if (isModel) {
      this.#metrics.record(call, result, { ...open.attributes, ...attributes }, { duration, errorType });
      if (this.#content) Object.assign(attributes, messagesOf(call, result));
    }
    this.#end(result.id, result.time, { duration, errorType, message: result.error?.message, attributes });
  }

  #return(result: ToolResultEvent): void {
    const open = this.#open.get(result.id);
    if (open === undefined) return;
    const attributes = {
      "cassette.replayed": result.replayed,
      ...this.#contentOf("result", result.output),
    };
    const errorType = toolErrorOf(open.event as ToolCallEvent, result);
    const message = result.error?.message;
    this.#end(result.id, result.time, { duration: result.duration, errorType, message, attributes });
  }

  #contentOf(what: "arguments" | "result", value: unknown): Attributes {
    return this.#content ? { [`gen_ai.tool.call.${what}`]: asText(value) } : {};
  }

  #start(event: StartEvent, active: Context, described: Described, more: Attributes = {}): void {
    const parent = this.#contexts.get(event.parent ?? "") ?? active;
    const { SpanKind, trace } = this.#api;
    const attributes = { ...described.attributes, "cassette.session": event.session, ...more };
    const span = this.#tracer.startSpan(
      described.name,
      {
        kind: described.isClient ? SpanKind.CLIENT : SpanKind.INTERNAL,
        startTime: event.time,
        attributes,
      },
      parent,
    );
    this.#open.set(event.id, { span, event, attributes });
    this.#contexts.set(event.id, trace.setSpan(parent, span));
  }

  #end(id: string, time: number, { duration, errorType, message, attributes = {} }: Ended): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    const { span, event } = open;
    span.setAttributes(attributes);
    if (errorType !== undefined) {
      span.setAttribute("error.type", errorType);
      span.setStatus({
        code: this.#api.SpanStatusCode.ERROR,
        ...(message === undefined ? {} : { message }),
      });
    }
    // A recording is played at once, and its span is as long as it was.
    span.end(duration === undefined ? time : event.time + duration);
  }
}

function isRpc(request: unknown): request is { readonly method: string; readonly params?: unknown } {
  return (
    typeof request === "object" &&
    request !== null &&
    "method" in request &&
    typeof request.method === "string"
  );
}

function messagesOf(call: LlmCallEvent, result: LlmResultEvent): Attributes {
  return {
    "gen_ai.system_instructions": asText(systemInstructions(call)),
    "gen_ai.input.messages": asText(inputMessages(call)),
    "gen_ai.output.messages": asText(outputMessages(result)),
  };
}

/** Spans hold no objects: the conventions allow JSON text. */
function asText(value: unknown): string | undefined {
  return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}
