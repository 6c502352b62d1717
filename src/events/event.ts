import type { StreamEnd } from "../cassette/model.ts";

/** The version of the shape of events, in `v`. It grows when a field changes its meaning. */
export const EVENT_VERSION = 1;

/** The fields of every event. */
interface EventBase {
  readonly v: typeof EVENT_VERSION;
  /** The session: one attempt of one test, or whatever `createEmitter` was given. */
  readonly session: string;
  /** The number of the event in its session, from 1. A gap means that events were dropped. */
  readonly seq: number;
  /** Milliseconds since 1970, with fractions: the live time. In a report, the recorded time. */
  readonly time: number;
  /** The subject of the event: a call, its chunks and its result share one. */
  readonly id?: string | undefined;
  /** The `id` of the call or step that it happened in. */
  readonly parent?: string | undefined;
}

/** Stands for a value that is too large for an event. */
export interface Summarized {
  /** The beginning of the value as JSON or text. */
  readonly summary: string;
  /** Length of the whole value as JSON or text, in UTF-16 units. */
  readonly length: number;
}

/** A JSON value without secrets. A large one is a `Summarized`. */
export type EventValue = unknown;

/** A thrown error, without secrets. */
export interface EventError {
  readonly name?: string | undefined;
  readonly message: string;
}

/** Tokens, as the provider counts them. Anthropic and Bedrock's Converse count cached ones apart from the input. */
export interface EventUsage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  readonly cachedInputTokens?: number | undefined;
  /** Written to the provider's cache. */
  readonly cacheWriteTokens?: number | undefined;
}

export interface SessionStartEvent extends EventBase {
  readonly type: "session_start";
  /** The full name of the test: `suite > test`. */
  readonly test: string;
  /** The test file, relative to the root; `undefined` outside of Vitest. */
  readonly testFile?: string | undefined;
  /** The file of the cassette, relative to the root; `undefined` if there is none. */
  readonly cassette?: string | undefined;
  readonly mode?: string | undefined;
  readonly recording?: boolean | undefined;
}

/** A call of a model, or any other HTTP request. */
export interface LlmCallEvent extends EventBase {
  readonly type: "llm_call";
  readonly id: string;
  /** `undefined` if it is no HTTP request. */
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** `undefined` if the provider is unknown. */
  readonly provider?: string | undefined;
  readonly api?: string | undefined;
  readonly model?: string | undefined;
  /** Whether the response is to be streamed. */
  readonly stream?: boolean | undefined;
  /** The last message of the user, or what else was asked. */
  readonly prompt?: string | undefined;
  /** The body of the request. */
  readonly request?: EventValue;
}

/** One read of a response body. */
export interface ChunkEvent extends EventBase {
  readonly type: "chunk";
  readonly id: string;
  /** The number of the chunk, from 0. */
  readonly index: number;
  /** Milliseconds since the request was sent; `undefined` on a tape without timing. */
  readonly at?: number | undefined;
  readonly bytes: number;
  /** The first 12 hexadecimal digits of the SHA-1 of its bytes, while a test runs. */
  readonly sha1?: string | undefined;
  /** The visible text that the chunk adds. */
  readonly text?: string | undefined;
  readonly reasoning?: string | undefined;
  /** The argument text of tool calls that the chunk adds. */
  readonly arguments?: string | undefined;
  /** The content of the chunk as text, cut if it is long; `undefined` if it is binary. */
  readonly data?: string | undefined;
}

export interface LlmResultEvent extends EventBase {
  readonly type: "llm_result";
  readonly id: string;
  /** HTTP status; `undefined` if the connection failed before there was one. */
  readonly status?: number | undefined;
  /** Whether a recording was played. */
  readonly replayed: boolean;
  readonly provider?: string | undefined;
  readonly api?: string | undefined;
  readonly model?: string | undefined;
  /** The id that the provider gave the response. */
  readonly responseId?: string | undefined;
  readonly text?: string | undefined;
  readonly reasoning?: string | undefined;
  readonly toolCalls?: readonly {
    readonly id?: string | undefined;
    readonly name: string;
    readonly input: EventValue;
  }[];
  readonly finishReason?: string | undefined;
  readonly usage?: EventUsage | undefined;
  readonly end?: StreamEnd | undefined;
  readonly error?:
    | {
        readonly type?: string | undefined;
        /** The provider's own code. */
        readonly code?: string | undefined;
        readonly message?: string | undefined;
      }
    | undefined;
  /** Milliseconds since the request was sent. */
  readonly timing: {
    readonly headers?: number | undefined;
    readonly firstChunk?: number | undefined;
    readonly firstToken?: number | undefined;
    readonly duration?: number | undefined;
  };
  /** The number of chunks. */
  readonly chunks: number;
  /** Bytes of the body. */
  readonly bytes: number;
}

/** A call of a local tool or function, an MCP request, or a child process. */
export interface ToolCallEvent extends EventBase {
  readonly type: "tool_call";
  readonly id: string;
  readonly name: string;
  readonly kind: "tool" | "function" | "mcp" | "process";
  /** The id that the model gave the call, if an SDK says which call it is. */
  readonly callId?: string | undefined;
  readonly input?: EventValue;
}

export interface ToolResultEvent extends EventBase {
  readonly type: "tool_result";
  readonly id: string;
  readonly name: string;
  readonly output?: EventValue;
  readonly error?: EventError | undefined;
  /** Milliseconds. */
  readonly duration?: number | undefined;
  readonly replayed: boolean;
}

/** The start or end of a step. */
export interface StepEvent extends EventBase {
  readonly type: "step";
  readonly id: string;
  readonly name: string;
  readonly kind: "step" | "agent" | "task";
  readonly phase: "start" | "end";
  /** Milliseconds, at the end. */
  readonly duration?: number | undefined;
  /** The error of a step that failed, at the end. */
  readonly error?: EventError | undefined;
}

export interface CheckpointEvent extends EventBase {
  readonly type: "checkpoint";
  readonly label: string;
  readonly value?: EventValue;
}

/** A request, call or message that has no recording. */
export interface MissEvent extends EventBase {
  readonly type: "miss";
  readonly message: string;
}

/** A request that a rule let through. */
export interface BypassEvent extends EventBase {
  readonly type: "bypass";
  readonly url: string;
  readonly reason: string;
}

export interface LogEvent extends EventBase {
  readonly type: "log";
  readonly message: string;
  readonly data?: EventValue;
}

export interface SessionEndEvent extends EventBase {
  readonly type: "session_end";
  readonly failed: boolean;
  /** Milliseconds since the session started. */
  readonly duration: number;
}

/**
 * One piece of a stream that the code under test passes on through `traceStream`: `emit` if it is a stream, `socket_write`
 * if it is a response of a server. It has no content, so that the two sides can be compared safely.
 */
export interface PieceEvent extends EventBase {
  readonly type: "emit" | "socket_write";
  /** Identifies the stream. */
  readonly id: string;
  /** The number of the piece in its stream, from 0. */
  readonly index: number;
  /** The first 12 hexadecimal digits of the SHA-1 of the piece. */
  readonly sha1: string;
  /** Bytes of the piece. */
  readonly bytes: number;
  /** Bytes of the stream up to and including this piece. */
  readonly accumulated: number;
  /** Whether the stream has ended. The last event of a stream has no bytes. */
  readonly done: boolean;
}

/** Says that events were dropped because a viewer reads too slowly. */
export interface DroppedEvent extends EventBase {
  readonly type: "dropped";
  readonly count: number;
}

/** An event of a session. More types will be added: ignore those that you do not know. */
export type CassetteEvent =
  | SessionStartEvent
  | LlmCallEvent
  | ChunkEvent
  | LlmResultEvent
  | ToolCallEvent
  | ToolResultEvent
  | StepEvent
  | CheckpointEvent
  | MissEvent
  | BypassEvent
  | LogEvent
  | SessionEndEvent
  | PieceEvent
  | DroppedEvent;

/** The events of a type. */
export type EventOfType<Type extends CassetteEvent["type"]> = CassetteEvent extends infer Event
  ? Event extends { readonly type: infer Types }
    ? Type extends Types
      ? Event
      : never
    : never
  : never;

/** The own fields of an event of a type. */
export type EventFields<Type extends CassetteEvent["type"] = CassetteEvent["type"]> = Type extends unknown
  ? Omit<EventOfType<Type>, "v" | "session" | "seq" | "time" | "type">
  : never;
