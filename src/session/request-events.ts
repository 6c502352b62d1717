import type { RunEvents } from "../calls/run-events.ts";
import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { ChunkEvents } from "../events/chunk-events.ts";
import { llmCallOf, llmResultOf } from "../events/interaction-events.ts";
import { now } from "../http/real-clock.ts";
import type { Answer, BodyReader, Exchange } from "../interception/exchange.ts";
import { traceInteraction } from "../providers/decode-stream.ts";

/** Where an answer comes from. */
export interface AnswerSource {
  /** The recording that is played; `undefined` if the answer is recorded now. */
  readonly recording?: Interaction | undefined;
  /** Whether the answer has secrets that its recording has not. */
  readonly isRestored: boolean;
}

export const RECORDED: AnswerSource = { isRestored: true };

/**
 * Announces a request. Returns `undefined` if nobody listens.
 *
 * @param request returns the request without secrets
 */
export function announceRequest(
  events: RunEvents,
  exchange: Exchange,
  request: () => RecordedRequest,
): RequestEvent | undefined {
  return events.isOn ? new RequestEvent(events, exchange, request()) : undefined;
}

/** One request that was announced. */
class RequestEvent {
  readonly #id: string;
  readonly #parent: string | undefined;
  readonly #events: RunEvents;
  readonly #request: RecordedRequest;
  readonly #sentAt: number;
  #isOver = false;

  constructor(events: RunEvents, { sentAt }: Exchange, request: RecordedRequest) {
    const { bus, parent } = events;
    this.#events = events;
    this.#request = request;
    this.#sentAt = sentAt;
    this.#parent = parent;
    this.#id = bus.newId();
    bus.emit("llm_call", () => ({ ...this.#common, ...llmCallOf(request) }));
  }

  /** Returns the answer, whose chunks are announced when they are read. */
  answered(answer: Answer, { recording, isRestored }: AnswerSource): Answer {
    const onEnd = (): void => {
      if (recording !== undefined) this.#ended(() => recording, true);
    };
    const { body } = answer.kind === "fail" ? { body: undefined } : answer.response;
    if (answer.kind === "fail" || body === undefined) {
      onEnd();
      return answer;
    }
    const { status, headers, decoded } = answer.response;
    const chunks = new ChunkEvents(this.#events.bus, {
      ...this.#common,
      request: this.#request,
      response: { status, headers, decoded },
      redactor: isRestored ? this.#events.redactor : undefined,
    });
    const onChunk = (bytes: Uint8Array): void => chunks.add(bytes, now() - this.#sentAt);
    return { kind: "respond", response: { ...answer.response, body: observed(body, onChunk, onEnd) } };
  }

  /** Announces the end of a response that was recorded. */
  readonly recorded = (interaction: () => Interaction): void => {
    this.#ended(() => {
      const recorded = interaction();
      const response = this.#events.redactor.redactResponse(recorded.response);
      return { ...recorded, response };
    }, false);
  };

  /** Announces that it has no recording. */
  missed(message: string): void {
    const { bus, redactor } = this.#events;
    bus.emit("miss", () => ({ parent: this.#id, message: redactor.redactText(message) }));
  }

  /** Announces the end of a request that was refused, because it has no recording. */
  refused(message: string): void {
    const { bus, redactor } = this.#events;
    bus.emit("llm_result", () => ({
      ...this.#common,
      replayed: false,
      error: { type: "cassette_miss", message: redactor.redactText(message) },
      timing: {},
      chunks: 0,
      bytes: 0,
    }));
  }

  get #common(): { readonly id: string; readonly parent: string | undefined } {
    return { id: this.#id, parent: this.#parent };
  }

  #ended(interaction: () => Interaction, replayed: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.bus.emit("llm_result", () => {
      const ended = interaction();
      return { ...this.#common, ...llmResultOf(traceInteraction(ended), ended.response, replayed) };
    });
  }
}

/** Calls `onChunk` with each chunk that is read, and `onEnd` when no more will be. */
function observed(body: BodyReader, onChunk: (bytes: Uint8Array) => void, onEnd: () => void): BodyReader {
  const got = (chunk: Uint8Array | undefined): Uint8Array | undefined => {
    if (chunk === undefined) onEnd();
    else onChunk(chunk);
    return chunk;
  };
  const failed = (error: unknown): never => {
    onEnd();
    throw error;
  };
  return {
    read() {
      let chunk: ReturnType<BodyReader["read"]>;
      try {
        chunk = body.read();
      } catch (error) {
        return failed(error);
      }
      return chunk instanceof Promise ? chunk.then(got, failed) : got(chunk);
    },
    cancel(reason) {
      onEnd();
      body.cancel(reason);
    },
  };
}
