import { isUtf8 } from "node:buffer";
import { type AwsFrame, awsFrames, framePatches } from "./aws-frames.ts";
import { Channels } from "./channels.ts";
import { decodeContent, decodedChunks } from "./content-encoding.ts";
import { inspectDocument } from "./document.ts";
import { raise, settle } from "./edits.ts";
import { Inspection, type InspectionMode, looksLikeJson } from "./inspection.ts";
import { type Patch, patchChunks, patchesOf, type TextRange } from "./patch.ts";
import type { Placeholders } from "./placeholder.ts";
import type { Rules } from "./rules.ts";

/** What is to be done with texts, and what is written for what is found. */
export interface Treatment {
  readonly rules: Rules;
  readonly mode: InspectionMode;
  readonly placeholders: Placeholders;
}

export interface Body {
  readonly chunks: readonly Uint8Array[];
  readonly contentType: string;
  /** `content-encoding`, where the chunks are still encoded; empty otherwise. */
  readonly contentEncoding: string;
  /** `request.body` or `response.body`. */
  readonly place: string;
}

export interface TreatedBody {
  readonly chunks: readonly Uint8Array[];
  /** Whether the content coding was undone because something had to be removed. */
  readonly decoded: boolean;
}

/** The body without its secrets, in as many chunks; `undefined` where nothing was found in it. */
export function treatBody(body: Body, treatment: Treatment): TreatedBody | undefined {
  const bytes = Buffer.concat(body.chunks);
  if (bytes.length === 0) return undefined;
  const plain = decodeContent(bytes, body.contentEncoding);
  if (plain === undefined) {
    const patches = patchesFor(bytes, body, treatment);
    return patches.length === 0 ? undefined : { chunks: patchChunks(body.chunks, patches), decoded: false };
  }
  const patches = patchesFor(Buffer.from(plain), body, treatment);
  if (patches.length === 0) return undefined;
  const chunks = decodedChunks(body.chunks, plain, body.contentEncoding);
  return { chunks: patchChunks(chunks, patches), decoded: true };
}

function patchesFor(bytes: Buffer, body: Body, { rules, mode, placeholders }: Treatment): readonly Patch[] {
  const inspection = new Inspection(rules, mode, body.place);
  const frames = awsFrames(bytes);
  const ranges: TextRange[] = [];
  if (frames.length > 0) ranges.push(...inspectFrames(inspection, bytes, frames));
  const done = frames.at(-1)?.end ?? 0;
  if (done < bytes.length) {
    const range = textRange(inspection, bytes, done, bytes.length);
    ranges.push(range);
    inspectDocument(inspection, rules, range.source, body.contentType, mode.names);
  }
  if (inspection.finds.length === 0) return [];
  settle(inspection.finds, placeholders);
  raise(inspection.sources);
  return framePatches(bytes, frames, ranges.flatMap(patchesOf));
}

/** Every frame is an event, whose payload is JSON. Its headers are binary and hold names only. */
function inspectFrames(
  inspection: Inspection,
  bytes: Buffer,
  frames: readonly AwsFrame[],
): readonly TextRange[] {
  const channels = new Channels();
  const ranges = frames.map(({ payload }) => {
    const range = textRange(inspection, bytes, payload.start, payload.end);
    inspection.search(range.source);
    if (looksLikeJson(range.source.text)) {
      inspection.readJson(range.source, inspection.root, channels, 0);
    } else inspection.text(range.source);
    return range;
  });
  inspection.channels(channels, 0);
  return ranges;
}

function textRange(inspection: Inspection, bytes: Buffer, start: number, end: number): TextRange {
  const part = bytes.subarray(start, end);
  const encoding = isUtf8(part) ? "utf8" : "latin1";
  return { source: inspection.source(part.toString(encoding), start), encoding, start };
}

/** A text without its secrets; the very same where nothing was found. */
export function treatText(
  text: string,
  treatment: Treatment,
  place: string,
  inspect: (inspection: Inspection, source: ReturnType<Inspection["source"]>) => void,
): string {
  const inspection = new Inspection(treatment.rules, treatment.mode, place);
  const source = inspection.source(text);
  inspect(inspection, source);
  if (inspection.finds.length === 0) return text;
  settle(inspection.finds, treatment.placeholders);
  raise(inspection.sources);
  return source.edited();
}
