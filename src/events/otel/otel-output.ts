import type { Context } from "@opentelemetry/api";
import { CassetteError } from "../../cassette/errors.ts";
import { asError } from "../../cassette/is-error.ts";
import { inNextTurn, now } from "../../http/real-clock.ts";
import type { EventOutput } from "../bus.ts";
import type { PendingEvent } from "../pending-event.ts";
import { ignoredProvider, type OtelApi } from "./otel-api.ts";
import { SpanWriter, type SpanWriterOptions } from "./span-writer.ts";

/** How long events are turned into spans in one turn of the event loop, in milliseconds. */
const TURN = 2;

/** The events that spans and metrics are made of. */
const USED: ReadonlySet<PendingEvent["type"]> = new Set<PendingEvent["type"]>([
  "llm_call",
  "llm_result",
  "tool_call",
  "tool_result",
  "step",
  "checkpoint",
  "session_end",
]);

interface Waiting {
  readonly event: PendingEvent;
  /** The context of the code that the event is about. */
  readonly active: Context;
}

/** Turns the events of one session into spans and metrics. The code that they are about only adds to a list. */
export class OtelOutput implements EventOutput {
  readonly #api: OtelApi;
  readonly #writer: SpanWriter;
  /** Whether the spans go to the global provider. */
  readonly #isGlobal: boolean;
  readonly #writeSoon: () => void = inNextTurn(() => {
    this.#write(TURN);
    if (this.#waiting.length > 0) this.#writeSoon();
  });
  #waiting: Waiting[] = [];
  #failure: unknown;

  constructor(api: OtelApi, options: SpanWriterOptions) {
    this.#api = api;
    this.#writer = new SpanWriter(api, options);
    this.#isGlobal = options.tracer === undefined;
  }

  takes(type: PendingEvent["type"]): boolean {
    return USED.has(type);
  }

  write(event: PendingEvent): void {
    this.#waiting.push({ event, active: this.#api.context.active() });
    this.#writeSoon();
  }

  /**
   * Writes the spans of everything that happened so far.
   *
   * @returns what is wrong with how OpenTelemetry is set up, if spans get lost
   * @throws CassetteError `CASSETTE_OTEL` if the tracer or the meter threw
   */
  flush(): string | undefined {
    this.#write(Number.POSITIVE_INFINITY);
    if (this.#failure !== undefined) {
      const cause = asError(this.#failure);
      throw new CassetteError("CASSETTE_OTEL", `Failed to write spans: ${cause.message}`, { cause });
    }
    return this.#isGlobal ? ignoredProvider(this.#api) : undefined;
  }

  #write(limit: number): void {
    const until = now() + limit;
    let done = 0;
    for (const { event, active } of this.#waiting) {
      done++;
      try {
        // In the context of no span: the tracer's own work belongs to none.
        this.#api.context.with(this.#api.ROOT_CONTEXT, () => this.#writer.take(event.read(), active));
      } catch (error) {
        this.#failure ??= error;
      }
      if (now() >= until) break;
    }
    this.#waiting = this.#waiting.slice(done);
  }
}
