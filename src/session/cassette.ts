import type { CallOptions } from "../calls/call-options.ts";
import type { McpTransport } from "../calls/mcp-message.ts";
import type { McpOptions } from "../calls/mcp-servers.ts";
import type { AnyFunction } from "../calls/record-function.ts";
import type { StepOptions } from "../calls/steps.ts";
import type { WrapOptions } from "../calls/wrap-tools.ts";
import type { Interaction, RecordedRequest, TapeEntry } from "../cassette/model.ts";
import type { Miss } from "../diagnosis/miss-facts.ts";
import type { EventListener, EventName } from "../events/bus.ts";
import type { Mode } from "../options/options.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import type { Bypassed } from "./bypassed.ts";
import type { EmittedEvent } from "./emit-event.ts";
import type { SessionManifest } from "./manifest.ts";
import type { CassetteStats } from "./stats.ts";

/** Selects streams: by position, by a part of the URL, or by a predicate on the trace. */
export type StreamSelector = number | string | RegExp | ((trace: StreamTrace) => boolean);

/** The cassette of one test: what is on its tape, what the test requested, and the streams that it got. */
export interface Cassette extends AsyncDisposable {
  readonly name: string;
  /** Absolute path of the file. */
  readonly file: string;
  readonly mode: Mode;
  /** Whether requests may go to the live provider and onto the tape. */
  readonly recording: boolean;
  /** All requests on the tape, with their responses. */
  readonly interactions: readonly Interaction[];
  /** The timeline of the tape: requests, calls, steps, checkpoints and MCP messages, in the order in which they began. */
  readonly entries: readonly TapeEntry[];
  /** The live requests of this test, in order, as they were sent; without secrets. */
  readonly requests: readonly RecordedRequest[];
  /** Requests, calls, steps, checkpoints and MCP messages that had no recording. */
  readonly misses: readonly Miss[];
  /** Recordings that this test did not ask for yet, of every kind. */
  readonly unplayed: readonly TapeEntry[];
  /** What this test sent and the cassette let through, by a rule: neither recorded nor replayed. */
  readonly bypassed: readonly Bypassed[];
  /**
   * The decoded responses that this test has played or recorded in this run, in the order of its requests. A whole JSON
   * response is a stream of one event.
   */
  readonly streams: readonly StreamTrace[];
  /** What is on the tape and what this run did with it, in numbers. */
  readonly session: SessionManifest;
  /** Counts what this test asked for. */
  readonly stats: CassetteStats;
  /**
   * Returns one stream: the only one, or the one that `selector` selects.
   *
   * @throws CassetteError `CASSETTE_NO_STREAM` if there is none, or more than one and no selector
   */
  stream(selector?: StreamSelector): StreamTrace;
  /**
   * Returns the tools with their calls recorded and played: those of the AI SDK, OpenAI Agents, LangChain and Mastra, and
   * plain functions; one, a list, or an object by name. The tools themselves stay as they are.
   *
   * @throws CassetteOptionsError for a tool or function without a name
   */
  wrap<T>(tools: T, options?: WrapOptions): T;
  /**
   * Returns a function like this one whose calls are recorded and played. In a replay, the function itself is not called.
   *
   * @example
   * const charge = cassette.record("charge", chargeCard, { key: (order) => order.id });
   */
  record<F extends AnyFunction>(name: string, original: F, options?: CallOptions<Parameters<F>>): F;
  /**
   * Returns a transport like this one whose MCP messages are recorded and played: any but those over HTTP, which need no
   * wrapping. In a replay, the transport itself is not started.
   *
   * @throws CassetteOptionsError for a transport over HTTP
   *
   * @example
   * await client.connect(cassette.mcp(new StdioClientTransport({ command: "server" })));
   */
  mcp<T extends McpTransport>(transport: T, options?: McpOptions): T;
  /** Runs a part of the test as a step with a name: what happens in it belongs to it. Returns what `body` returns. */
  step<T>(name: string, body: () => T, options?: StepOptions): T;
  /**
   * Marks a moment of the run. A replay compares `value` with the recorded one; `metadata` is only written.
   *
   * @throws CassetteDriftError if the value differs, except in warn mode
   */
  checkpoint(label: string, value?: unknown, metadata?: unknown): void;
  /**
   * Calls `listener` with each event of a type from now on, or with all for `*`, at once when it happens. What a listener
   * throws fails the test at its end, not the code that the event is about.
   *
   * @returns a function that stops it
   *
   * @example
   * cassette.on("tool_call", ({ name, input }) => console.log(name, input));
   */
  on<Name extends EventName>(name: Name, listener: EventListener<Name>): () => void;
  /**
   * Sends an event of your own code to those who listen and watch. Returns its id.
   *
   * @example
   * cassette.emit({ type: "log", message: "the plan changed", data: plan });
   */
  emit(event: EmittedEvent): string;
  /**
   * Returns a base URL on this machine that stands for `url`, for code in another process or thread: what it sends there
   * is recorded and played as if this test had sent it to `url`.
   *
   * @throws CassetteError `CASSETTE_URL` if `url` is not a whole URL of HTTP
   *
   * @example
   * const env = { ...process.env, OPENAI_BASE_URL: cassette.urlFor("https://api.openai.com/v1") };
   * spawn("agent", ["answer"], { env });
   */
  urlFor(url: string): string;
  /**
   * Closes the cassette before the test ends: completes what is still arriving, hands over what was recorded, and checks
   * that everything was played.
   *
   * @throws CassetteError for misses, unplayed recordings, or a file that cannot be written
   */
  eject(): Promise<void>;
}
