import { RunEvents } from "../calls/run-events.ts";
import { asError } from "../cassette/is-error.ts";
import { EventBus, type EventListener, type EventName } from "../events/bus.ts";
import { eventOutputs } from "../events/outputs.ts";
import { sessionId } from "../events/session-id.ts";
import type { OtelOptions } from "../options/options.ts";
import {
  type EmittedEvent,
  type EmittedLlmCall,
  type EmittedLlmResult,
  type EmittedToolCall,
  type EmittedToolResult,
  emitEvent,
} from "./emit-event.ts";
import { beginOpening } from "./opening.ts";
import { otelOutput } from "./otel.ts";
import { warnOnce } from "./scope.ts";

export interface EmitterOptions {
  /** Names the session to those who watch: a conversation, a job, a request of your server. */
  readonly session: string;
  /** Whether the events go to OpenTelemetry as well. @defaultValue as the project's option says; `false` without the plugin */
  readonly otel?: boolean | OtelOptions | undefined;
}

/** Sends the events of code that no cassette sees. */
export interface Emitter {
  /** The id of the session. If the name is taken in this process, it has a number. */
  readonly session: string;
  /** Returns the id that the result names. */
  toolCall(name: string, input?: unknown, more?: Pick<EmittedToolCall, "id" | "parent">): string;
  toolResult(
    id: string,
    output?: unknown,
    more?: Pick<EmittedToolResult, "name" | "error" | "duration">,
  ): void;
  /** Returns the id that the result names. */
  llmCall(call: Omit<EmittedLlmCall, "type">): string;
  llmResult(id: string, result?: Omit<EmittedLlmResult, "type" | "id">): void;
  /** Sends any other event. Returns its id. */
  emit(event: EmittedEvent): string;
  on<Name extends EventName>(name: Name, listener: EventListener<Name>): () => void;
  /** Ends the session. */
  end(outcome?: { readonly failed?: boolean | undefined }): void;
}

/**
 * Makes a session of events for code that no cassette sees: a script, a development server, a tool in another process.
 * Costs next to nothing if nobody listens.
 *
 * @example
 * const emitter = createEmitter({ session: "nightly import" });
 * const id = emitter.toolCall("search", { query });
 * emitter.toolResult(id, await search(query));
 * emitter.end();
 */
export function createEmitter({ session: name, otel: given }: EmitterOptions): Emitter {
  const { options, redactor } = beginOpening({ otel: given });
  const shown = redactor.redactName(name);
  const bus = new EventBus(sessionId({ name: shown }), eventOutputs(), () => ({ test: shown }));
  const otel = otelOutput(options);
  if (otel !== undefined) bus.attach(otel);
  const events = new RunEvents(bus, bus, redactor);
  bus.start();
  const emit = (event: EmittedEvent): string => emitEvent(events, event);
  return {
    session: bus.session,
    toolCall: (tool, input, more = {}) => emit({ type: "tool_call", name: tool, input, ...more }),
    toolResult: (id, output, more = {}) => void emit({ type: "tool_result", id, output, ...more }),
    llmCall: (call) => emit({ type: "llm_call", ...call }),
    llmResult: (id, result = {}) => void emit({ type: "llm_result", id, ...result }),
    emit,
    on: (type, listener) => bus.on(type, listener),
    end({ failed = false } = {}) {
      bus.end(failed);
      try {
        const problem = otel?.flush();
        if (problem !== undefined) warnOnce(problem);
      } catch (error) {
        warnOnce(asError(error).message);
      }
    },
  };
}
