import "./vitest/ensure-worker.ts";
import { registerMatchers } from "./vitest/register-matchers.ts";

registerMatchers();

export { CassetteCallMissError, CassetteDriftError } from "./calls/call-errors.ts";
export type { CallOptions, CallPart } from "./calls/call-options.ts";
export type { McpTransport } from "./calls/mcp-message.ts";
export type { McpOptions } from "./calls/mcp-servers.ts";
export type { StepOptions } from "./calls/steps.ts";
export type { WrapOptions } from "./calls/wrap-tools.ts";
export type { StreamChunk } from "./cassette/chunk.ts";
export { CassetteError } from "./cassette/errors.ts";
export type {
  HeaderLines,
  Interaction,
  RecordedCall,
  RecordedCheckpoint,
  RecordedMcp,
  RecordedMcpError,
  RecordedProcess,
  RecordedRequest,
  RecordedResponse,
  RecordedStep,
  StreamEnd,
  TapeEntry,
} from "./cassette/model.ts";
export type {
  ProcessInput,
  ProcessInputEnd,
  ProcessMessage,
  ProcessOutput,
  ProcessPart,
  ProcessSignal,
} from "./cassette/process-part.ts";
export type { TapeValue } from "./cassette/tape-value.ts";
export { CassetteMissError } from "./diagnosis/miss-error.ts";
export type {
  EntryMiss,
  Miss,
  MissFacts,
  MissReason,
  NearestFacts,
  RecordingLine,
} from "./diagnosis/miss-facts.ts";
export { CassetteUnplayedError } from "./diagnosis/unplayed-error.ts";
export type { EventListener, EventName, EventOf } from "./events/bus.ts";
export type { CassetteEvent, Summarized } from "./events/event.ts";
export { TapeError } from "./format/index.ts";
export type { ComparedRequest, MatchOptions } from "./matching/match-options.ts";
export type { MatchPath } from "./matching/path.ts";
export type {
  CallPolicies,
  CallPolicy,
  CassetteOptions,
  Chunks,
  Fault,
  FreezeOptions,
  Mode,
  OtelOptions,
  Pacing,
  ProcessRule,
  ProcessSelector,
  ProjectOptions,
  RedactOptions,
  RequestSelector,
} from "./options/options.ts";
export { CassetteOptionsError } from "./options/options-error.ts";
export { type TraceHints, traceStream } from "./providers/trace-stream.ts";
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
export { StorageError } from "./storage/storage-error.ts";
export { singlePass } from "./streams/single-pass.ts";
export type { StreamTrace } from "./streams/stream-trace.ts";
export type { StreamTiming } from "./streams/timing.ts";
export type { TraceEvent } from "./streams/trace-event.ts";
export type { Traced } from "./streams/trace-of.ts";
export { cassetteDefaults } from "./vitest/cassette-defaults.ts";
export { test } from "./vitest/fixture.ts";
export { MatcherArgumentError } from "./vitest/matcher-argument-error.ts";
export type { CassetteMatchers } from "./vitest/matcher-types.ts";
export { anyNumberOf, anything, oneOrMore, optional } from "./vitest/matchers/quantifiers.ts";
export { useCassette } from "./vitest/use-cassette.ts";
