import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import type { Interaction, RecordedResponse } from "../cassette/model.ts";
import { lengthsOf, storedBodyOf } from "../cassette/stored-body.ts";
import { valueDifferences } from "../diagnosis/differences.ts";
import { headerOf, mediaTypeOf } from "../http/headers.ts";
import { isBinary } from "../http/is-binary.ts";
import { BytesDigest } from "../matching/bytes-digest.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import type { TraceUsage } from "../streams/decoder.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import { compareToolCalls } from "./compare-tool-calls.ts";
import type { Change, ChangedPart, EntryComparison } from "./comparison.ts";
import { plainValue } from "./plain-value.ts";
import { responseContent, saysAnything } from "./response-content.ts";

/** Headers that clients act on. */
const HEADERS = ["retry-after", "location"];
export interface ResponseComparison {
  readonly changes: readonly Change[];
  readonly note: EntryComparison["note"];
}

/** Lists how two responses differ in what they say and how they end. */
export function compareResponses(before: Interaction, after: Interaction): ResponseComparison {
  const changes = compareHeads(before.response, after.response);
  if (digestOf(before.response) === digestOf(after.response)) {
    const sameCuts = isDeepStrictEqual(cutsOf(before.response), cutsOf(after.response));
    return { changes, note: sameCuts ? undefined : "other chunks" };
  }
  const said = compareBodies(before, after);
  return { changes: [...changes, ...said], note: said.length === 0 ? "other bytes" : undefined };
}

function compareHeads(before: RecordedResponse, after: RecordedResponse): readonly Change[] {
  const typeOf = ({ headers }: RecordedResponse): string | undefined =>
    mediaTypeOf(headerOf(headers, "content-type"));
  const errorOf = ({ error }: RecordedResponse): string | undefined => error && (error.code ?? error.message);
  return [
    ...change("status", before.status, after.status),
    ...change("header", typeOf(before), typeOf(after), "content-type"),
    ...HEADERS.flatMap((name) =>
      change("header", headerOf(before.headers, name), headerOf(after.headers, name), name),
    ),
    ...change("end", before.end, after.end),
    ...change("error", errorOf(before), errorOf(after), "connection"),
  ];
}

function compareBodies(before: Interaction, after: Interaction): readonly Change[] {
  if (isBinary(before.response) || isBinary(after.response)) return compareContents(before, after);
  const traces = { before: traceInteraction(before), after: traceInteraction(after) };
  const facts = compareFacts(traces.before, traces.after);
  if (saysAnything(traces.before) || saysAnything(traces.after)) return facts;
  return [...facts, ...compareContents(before, after)];
}

function compareContents(before: Interaction, after: Interaction): readonly Change[] {
  const [old, now] = [responseContent(before), responseContent(after)];
  return valueDifferences("body", now, old).map(({ path, recorded, live }): Change => {
    const place = path.replace(/^body\.?/, "");
    const change = { part: "body", before: plainValue(recorded), after: plainValue(live) } as const;
    return place === "" ? change : { ...change, path: place };
  });
}

function compareFacts(before: StreamTrace, after: StreamTrace): readonly Change[] {
  return [
    ...change("model", before.model, after.model),
    ...change("reasoning", before.reasoning, after.reasoning),
    ...change("text", before.text, after.text),
    ...change("refusal", before.refusal, after.refusal),
    ...compareToolCalls(before.toolCalls, after.toolCalls),
    ...change("finish", before.finishReason, after.finishReason),
    ...compareUsage(before.usage, after.usage),
    ...change("error", messageOf(before), messageOf(after)),
  ];
}

const COUNTS = [
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "reasoningTokens",
  "cachedInputTokens",
] as const satisfies readonly (keyof TraceUsage)[];

function compareUsage(before: TraceUsage | undefined, after: TraceUsage | undefined): readonly Change[] {
  return COUNTS.flatMap((name) => change("usage", before?.[name], after?.[name], name));
}

function messageOf({ error }: StreamTrace): string | undefined {
  return error && [error.type, error.code, error.message].filter(Boolean).join(" ");
}

function change(part: ChangedPart, before: unknown, after: unknown, path?: string): readonly Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  const nothing = (value: unknown): unknown => (value === "" ? undefined : value);
  return [{ part, ...(path === undefined ? {} : { path }), before: nothing(before), after: nothing(after) }];
}

function digestOf({ chunks }: RecordedResponse): string {
  return storedBodyOf(chunks)?.sha256 ?? new BytesDigest(Buffer.concat(chunks)).sha256;
}

function cutsOf({ chunks }: RecordedResponse): readonly number[] {
  return lengthsOf(chunks);
}
