import type { EntryPlace, RecordedMcp } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import { answerOf, asJson, type McpMessage, withTokens } from "./mcp-message.ts";
import type { Timeline } from "./timeline.ts";

type Id = string | number;
type Side = RecordedMcp["from"];

/** What the SDKs say if the server is gone. */
const CONNECTION_CLOSED = { code: -32000, message: "Connection closed" };

/** A request that was not answered yet. */
interface Waiting {
  readonly startedAt: number;
  readonly parent: string | undefined;
  answer: Pick<RecordedMcp, "result" | "error" | "duration"> | undefined;
  /** Called when it is answered. */
  readonly onAnswer: () => void;
  /** Whether it did not reach the other side. */
  isLost: boolean;
}

/** Records the messages of one connection. Ids and progress tokens are not kept as they are. */
export class McpTap {
  readonly #timeline: Timeline;
  readonly #server: string | undefined;
  readonly #waiting: Readonly<Record<Side, Map<Id, Waiting>>> = { client: new Map(), server: new Map() };
  readonly #tokens = new Map<Id, number>();
  #lastToken: number;
  #isClosed = false;

  constructor(timeline: Timeline, server: string | undefined, lastToken: number) {
    this.#timeline = timeline;
    this.#server = server;
    this.#lastToken = lastToken;
  }

  /** Records a request or notification. Returns a function that takes it back. */
  sent(message: McpMessage, from: Side): () => void {
    if (this.#timeline.isClosed) return () => undefined;
    const { id, method = "" } = message;
    const type = id === undefined ? "notification" : "request";
    const { parent } = from === "client" ? this.#timeline : ([...this.#waiting.client.values()].at(-1) ?? {});
    const params = withTokens(asJson(message.params), (token) => this.#numberOf(token));
    const startedAt = now();
    const server = this.#server;
    const entry = (place: EntryPlace = { at: 0 }): RecordedMcp => ({
      kind: "mcp",
      ...place,
      method,
      type,
      from,
      server,
      params,
      ...waiting.answer,
    });
    const waiting: Waiting = {
      startedAt,
      parent,
      answer: undefined,
      onAnswer: () => event?.end(entry),
      isLost: false,
    };
    const event = this.#timeline.events.started(entry);
    if (id !== undefined) this.#waiting[from].set(id, waiting);
    const isOver = (): boolean => this.#isClosed || this.#timeline.isClosed;
    this.#timeline.record(startedAt, parent, {
      get isDone() {
        return type === "notification" || waiting.answer !== undefined || isOver();
      },
      get isVoid() {
        return waiting.isLost;
      },
      entry,
    });
    return () => {
      waiting.isLost = true;
    };
  }

  /** Records the answer to a request. */
  answered(message: McpMessage, asker: Side): void {
    const id = message.id as Id;
    const waiting = this.#waiting[asker].get(id);
    if (waiting === undefined) return;
    this.#waiting[asker].delete(id);
    waiting.answer = { ...answerOf(message), duration: now() - waiting.startedAt };
    waiting.onAnswer();
  }

  /** Ends the recording of requests that were not answered. Clients report those that a server leaves as errors. */
  close(by: Side): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (by === "client") return;
    for (const id of [...this.#waiting.client.keys()])
      this.answered({ id, error: CONNECTION_CLOSED }, "client");
  }

  #numberOf(token: Id): number {
    const number = this.#tokens.get(token) ?? ++this.#lastToken;
    this.#tokens.set(token, number);
    return number;
  }
}
