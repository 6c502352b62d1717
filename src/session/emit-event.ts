import { eventError, eventValue } from "../calls/event-value.ts";
import type { RunEvents } from "../calls/run-events.ts";
import type { StepType } from "../cassette/model.ts";
import type { EventFields } from "../events/event.ts";
import { cutText } from "../events/summarize.ts";

/** A call of a tool that your code makes by itself. */
export interface EmittedToolCall {
  readonly type: "tool_call";
  readonly name: string;
  readonly input?: unknown;
  /** What its result names. @defaultValue a new number */
  readonly id?: string | undefined;
  /** The id of the call or step that it happens in. @defaultValue that of the running code */
  readonly parent?: string | undefined;
}

export interface EmittedToolResult {
  readonly type: "tool_result";
  /** The id of the call. */
  readonly id: string;
  readonly name?: string | undefined;
  readonly output?: unknown;
  readonly error?: unknown;
  /** Milliseconds. */
  readonly duration?: number | undefined;
}

/** A call of a model that no cassette sees. */
export interface EmittedLlmCall {
  readonly type: "llm_call";
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly prompt?: string | undefined;
  readonly request?: unknown;
  readonly id?: string | undefined;
  readonly parent?: string | undefined;
}

export interface EmittedLlmResult {
  readonly type: "llm_result";
  /** The id of the call. */
  readonly id: string;
  readonly model?: string | undefined;
  readonly text?: string | undefined;
  readonly finishReason?: string | undefined;
  readonly usage?: EventFields<"llm_result">["usage"];
  readonly error?: unknown;
  /** Milliseconds. */
  readonly duration?: number | undefined;
}

/** The start or end of a part of the work. */
export interface EmittedStep {
  readonly type: "step";
  readonly name: string;
  readonly phase: "start" | "end";
  readonly kind?: StepType | undefined;
  /** The same at the start and the end. @defaultValue a new number */
  readonly id?: string | undefined;
  readonly parent?: string | undefined;
  /** Milliseconds, at the end. */
  readonly duration?: number | undefined;
}

/** Anything else that helps to understand what happens. */
export interface EmittedLog {
  readonly type: "log";
  readonly message: string;
  readonly data?: unknown;
}

/** An event that your own code sends. Secrets are removed and large values are cut before anybody gets it. */
export type EmittedEvent =
  | EmittedToolCall
  | EmittedToolResult
  | EmittedLlmCall
  | EmittedLlmResult
  | EmittedStep
  | EmittedLog;

/** Sends an event of the user's code. Returns its id. */
export function emitEvent(
  events: Pick<RunEvents, "bus" | "redactor" | "parent">,
  event: EmittedEvent,
): string {
  const { bus } = events;
  const id = ("id" in event ? event.id : undefined) ?? bus.newId();
  if (!bus.isOn) return id;
  const parent = ("parent" in event ? event.parent : undefined) ?? events.parent;
  const text = (value: string): string => cutText(events.redactor.redactText(value));
  const maybe = (value: string | undefined): string | undefined => value && text(value);
  switch (event.type) {
    case "tool_call": {
      const input = eventValue(event.input, events);
      bus.emit("tool_call", () => ({ id, parent, name: text(event.name), kind: "tool", input: input() }));
      return id;
    }
    case "tool_result": {
      const [output, error] = [eventValue(event.output, events), eventError(event.error, events)];
      const { name = "", duration } = event;
      bus.emit("tool_result", () => ({
        id,
        parent,
        name: text(name),
        output: output(),
        error: error(),
        duration,
        replayed: false,
      }));
      return id;
    }
    case "llm_call": {
      const { model, provider, prompt } = event;
      const request = eventValue(event.request, events);
      bus.emit("llm_call", () => ({
        id,
        parent,
        model,
        provider,
        prompt: maybe(prompt),
        request: request(),
      }));
      return id;
    }
    case "llm_result": {
      const { model, finishReason, usage, duration } = event;
      const error = eventError(event.error, events);
      bus.emit("llm_result", () => {
        const failure = error();
        return {
          id,
          parent,
          model,
          finishReason,
          usage,
          text: maybe(event.text),
          error: failure && { type: failure.name, message: failure.message },
          replayed: false,
          timing: { duration },
          chunks: 0,
          bytes: 0,
        };
      });
      return id;
    }
    case "step": {
      const { kind = "step", phase, duration } = event;
      bus.emit("step", () => ({ id, parent, name: text(event.name), kind, phase, duration }));
      return id;
    }
    case "log": {
      const data = eventValue(event.data, events);
      bus.emit("log", () => ({ id, parent, message: text(event.message), data: data() }));
      return id;
    }
  }
}
