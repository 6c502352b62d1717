export { CassetteCallMissError, CassetteDriftError } from "./calls/call-errors.ts";
export type { CallOptions, CallPart } from "./calls/call-options.ts";
export type { McpTransport } from "./calls/mcp-message.ts";
export type { McpOptions } from "./calls/mcp-servers.ts";
export type { StepOptions } from "./calls/steps.ts";
export type { WrapOptions } from "./calls/wrap-tools.ts";
export type { StreamChunk } from "./cassette/chunk.ts";
export { CassetteError } from "./cassette/errors.ts";
export type { EventListener, EventName, EventOf } from "./events/bus.ts";
export type { CassetteEvent, Summarized } from "./events/event.ts";
export type {
  CallPolicies,
  CallPolicy,
  Chunks,
  Fault,
  FreezeOptions,
  Mode,
  OtelOptions,
  Pacing,
  ProcessRule,
  ProcessSelector,
  RedactOptions,
  RequestSelector,
} from "./options/options.ts";
export { decodeStream, type StreamToDecode } from "./providers/decode-stream.ts";
export { chunkings } from "./replay/chunkings.ts";
export type { Bypassed } from "./session/bypassed.ts";
export type { Cassette, StreamSelector } from "./session/cassette.ts";
export type {
  EmittedEvent,
  EmittedLlmCall,
  EmittedLlmResult,
  EmittedLog,
  EmittedStep,
  EmittedToolCall,
  EmittedToolResult,
} from "./session/emit-event.ts";
export { createEmitter, type Emitter, type EmitterOptions } from "./session/emitter.ts";
export type { ModelUse, SessionManifest } from "./session/manifest.ts";
export { type RecordedOptions, recorded } from "./session/recorded.ts";
export type { BypassReason } from "./session/request-filter.ts";
export type { CassetteStats } from "./session/stats.ts";
export { type CoreCassetteOptions, openCassette, withCassette } from "./session/with-cassette.ts";
export type { StreamTrace } from "./streams/stream-trace.ts";
