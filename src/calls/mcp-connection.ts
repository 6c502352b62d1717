import { CassetteError } from "../cassette/errors.ts";
import type { RecordedMcp } from "../cassette/model.ts";
import { turn } from "../http/real-clock.ts";
import { recordedOtherwise } from "../interception/unrecorded/recorded-otherwise.ts";
import { stableText } from "../matching/stable-text.ts";
import { CassetteDriftError } from "./call-errors.ts";
import { toolCallOf } from "./happened.ts";
import {
  answerOf,
  asJson,
  type McpMessage,
  type McpTransport,
  tokenAskedBy,
  withTokens,
} from "./mcp-message.ts";
import type { McpRecordings } from "./mcp-recordings.ts";
import { McpTap } from "./mcp-tap.ts";
import { type LiveMessage, mcpMiss } from "./missed.ts";
import type { Timeline } from "./timeline.ts";

type Id = string | number;

export interface McpServer {
  readonly server: string | undefined;
  readonly recordings: McpRecordings;
}

/** One connection of a client to an MCP server: plays what is recorded, and records what goes to the server. */
export class McpConnection {
  /** What the client sees instead of the members of its transport. */
  readonly surface: McpTransport;
  readonly #timeline: Timeline;
  readonly #inner: McpTransport;
  readonly #recordings: McpRecordings;
  readonly #tap: McpTap;
  /** Tokens of this run by their number on the tape. */
  readonly #tokens = new Map<Id, Id>();
  /** Requests of the recorded server that wait for the answer of the client. */
  readonly #asked = new Map<Id, (answer: McpMessage | undefined) => void>();
  #askedBefore = 0;
  /** What was played of the first messages, which a live server has to get before others. */
  readonly #handshake: McpMessage[] = [];
  #starting: Promise<void> | undefined;
  #isClosed = false;

  constructor(timeline: Timeline, inner: McpTransport, { server, recordings }: McpServer) {
    this.#timeline = timeline;
    this.#inner = inner;
    this.#recordings = recordings;
    this.#tap = new McpTap(timeline, server, recordings.lastToken);
    this.surface = {
      start: async () => {
        if (timeline.host.recordsAll) await this.#startInner();
      },
      send: (message: McpMessage, options?: unknown) => this.#send(message, options),
      close: () => this.#close(),
      onmessage: inner.onmessage,
      onclose: inner.onclose,
      onerror: inner.onerror,
    };
  }

  stop(): void {
    for (const answer of this.#asked.values()) answer(undefined);
  }

  async #send(message: McpMessage, options: unknown): Promise<void> {
    const { method, id } = message;
    if (this.#timeline.isClosed) {
      if (this.#starting !== undefined) return this.#inner.send(message, options);
      throw new CassetteError(
        "CASSETTE_CLOSED",
        `Failed to send ${method ?? "an MCP message"}: its cassette is closed. Await all work before the test ends, and connect a client of its own in each test.`,
      );
    }
    if (method === undefined) return this.#answer(message, options);
    const live: LiveMessage = {
      method,
      type: id === undefined ? "notification" : "request",
      params: asJson(message.params),
    };
    this.#timeline.happened.push(...toolCallOf(live));
    const { state, recording } = this.#recordings.find(live);
    const nearest = this.#recordings.nearest(method);
    const isRequest = live.type === "request";
    const decision = this.#timeline.meet(state, isRequest && nearest !== undefined);
    switch (decision.kind) {
      case "play":
      case "repeat":
        this.#play(message, recording as RecordedMcp);
        return;
      case "record":
        return this.#record(message, options);
      case "substitute":
        this.#timeline.host.errors.warn(mcpMiss(this.#timeline, live, decision.reason, nearest).message);
        this.#play(message, nearest as RecordedMcp);
        return;
      case "miss": {
        const error = mcpMiss(this.#timeline, live, decision.reason, nearest);
        this.#timeline.miss("mcp", error, !isRequest);
        if (isRequest) throw error;
      }
    }
  }

  /** Passes on the answer of the client to a request of the server. */
  async #answer(message: McpMessage, options: unknown): Promise<void> {
    const asked = this.#asked.get(message.id as Id);
    if (asked !== undefined) {
      asked(message);
      return;
    }
    this.#tap.answered(message, "server");
    await this.#inner.send(message, options);
  }

  #play(message: McpMessage, recording: RecordedMcp): void {
    this.#timeline.play(recording);
    this.#timeline.events.played(recording);
    if (message.method === "initialize" || message.method === "notifications/initialized") {
      this.#handshake.push(message);
    }
    const number = tokenAskedBy(recording.params);
    const token = tokenAskedBy(message.params);
    if (number !== undefined && token !== undefined) this.#tokens.set(number, token);
    this.#playAnswer(message, recording).catch((error: unknown) =>
      this.#timeline.host.errors.add(error as Error),
    );
  }

  async #playAnswer({ id }: McpMessage, recording: RecordedMcp): Promise<void> {
    const { before, after } = this.#recordings.sentFor(recording);
    const pacer = this.#timeline.pacer();
    await Promise.resolve();
    for (const entry of before) {
      await pacer.until(entry.at - recording.at);
      await this.#playFromServer(entry);
    }
    await pacer.until(recording.duration);
    const { result, error } = structuredClone(this.#timeline.host.redactor.restoreResult(recording));
    if (error !== undefined) this.#deliver({ id, error });
    else if (result !== undefined) this.#deliver({ id, result });
    for (const entry of after) {
      await turn();
      await pacer.until(entry.at - recording.at);
      await this.#playFromServer(entry);
    }
  }

  async #playFromServer(entry: RecordedMcp): Promise<void> {
    if (this.#isClosed || this.#timeline.isClosed) return;
    this.#timeline.play(entry);
    this.#timeline.events.played(entry);
    const { method } = entry;
    const params = withTokens(structuredClone(entry.params), (number) => this.#tokens.get(number) ?? number);
    const message = { method, ...(params === undefined ? {} : { params }) };
    if (entry.type === "notification") {
      const isCancel = method === "notifications/cancelled" && this.#askedBefore > 0;
      const requestId = `recorded-${this.#askedBefore}`;
      this.#deliver(isCancel ? { ...message, params: { requestId, ...(params as object) } } : message);
      // Clients handle a notification a moment after they got it.
      await turn();
      return;
    }
    const id = `recorded-${++this.#askedBefore}`;
    const answer = new Promise<McpMessage | undefined>((resolve) => {
      this.#asked.set(id, resolve);
    });
    this.#deliver({ id, ...message });
    if (entry.result === undefined && entry.error === undefined) return;
    const given = await answer;
    this.#asked.delete(id);
    if (given !== undefined) this.#compare(entry, given);
  }

  /** Judges what the client answered. */
  #compare(recorded: RecordedMcp, given: McpMessage): void {
    const { host } = this.#timeline;
    const answerIn = ({ result, error }: RecordedMcp): object =>
      error === undefined ? { result } : { error };
    const { kind, at, method, type, from } = recorded;
    const live = { kind, at, method, type, from, ...answerOf(given) };
    const [actual, expected] = [answerIn(host.redactor.redactEntry<RecordedMcp>(live)), answerIn(recorded)];
    const compared = (value: object): string => host.redactor.redactJsonForMatching(stableText(value));
    if (compared(actual) === compared(expected)) return;
    const message = `The client answered the server's ${method} with something else than when ${host.tape.shownFile} was recorded. If that is intended, re-record it: ${host.messages.rerecordCommand()}`;
    if (host.options.mode === "warn") host.errors.warn(message);
    else host.errors.add(new CassetteDriftError("CASSETTE_CALL_DRIFT", message, { actual, expected }));
  }

  async #record(message: McpMessage, options: unknown): Promise<void> {
    const takeBack = this.#tap.sent(message, "client");
    try {
      await this.#startInner();
      await this.#inner.send(message, options);
    } catch (error) {
      takeBack();
      throw error;
    }
  }

  /** Starts the transport itself, and makes a server known that has not seen the beginning. */
  #startInner(): Promise<void> {
    this.#starting ??= this.#startNow();
    return this.#starting;
  }

  async #startNow(): Promise<void> {
    const inner = this.#inner;
    const ready = Promise.withResolvers<void>();
    ready.promise.catch(() => undefined);
    inner.onmessage = (message: McpMessage, extra?: unknown) => {
      if (message.id === HANDSHAKE_ID && message.method === undefined) {
        const { protocolVersion } = (message.result ?? {}) as { readonly protocolVersion?: string };
        if (protocolVersion !== undefined) inner.setProtocolVersion?.(protocolVersion);
        ready.resolve();
        return;
      }
      if (message.method === undefined) this.#tap.answered(message, "client");
      else this.#tap.sent(message, "server");
      this.surface.onmessage?.(message, extra);
    };
    inner.onclose = () => {
      ready.reject(new Error("the MCP server closed the connection"));
      this.#closed("server");
    };
    inner.onerror = (error) => this.surface.onerror?.(error);
    await recordedOtherwise(() => inner.start());
    for (const message of this.#handshake) {
      await inner.send(message.id === undefined ? message : { ...message, id: HANDSHAKE_ID });
      if (message.id !== undefined) await ready.promise;
    }
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    this.stop();
    this.#tap.close("client");
    if (this.#starting !== undefined) await this.#inner.close();
    this.#closed("client");
  }

  #closed(by: RecordedMcp["from"]): void {
    this.#isClosed = true;
    this.#tap.close(by);
    const { onclose } = this.surface;
    this.surface.onclose = undefined;
    onclose?.();
  }

  #deliver(message: McpMessage): void {
    if (!this.#isClosed) this.surface.onmessage?.({ jsonrpc: "2.0", ...message });
  }
}

/** No client numbers its requests like this. */
const HANDSHAKE_ID = "vitest-cassette";
