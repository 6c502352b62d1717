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
import type { Source, View } from "./view.ts";

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

/** The body after all treatments, in as many chunks; `undefined` where nothing was found in it. */
export function treatBody(body: Body, treatments: readonly Treatment[]): TreatedBody | undefined {
  let treated: TreatedBody | undefined;
  for (const treatment of treatments) {
    const { chunks, decoded } = treated ?? { chunks: body.chunks, decoded: false };
    const result = treatOnce(
      { ...body, chunks, contentEncoding: decoded ? "" : body.contentEncoding },
      treatment,
    );
    if (result !== undefined) treated = { chunks: result.chunks, decoded: decoded || result.decoded };
  }
  return treated;
}

function treatOnce(body: Body, treatment: Treatment): TreatedBody | undefined {
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
  const { ranges, frames } = inspectBytes(inspection, rules, bytes, undefined, body.contentType);
  const { finds } = inspection;
  if (finds.length === 0) return [];
  settle(finds, placeholders);
  raise(inspection.sources);
  return framePatches(bytes, frames, ranges.flatMap(patchesOf));
}

/** Looks through bytes of any kind. `within`: the base64 text that they came from. */
export function inspectBytes(
  inspection: Inspection,
  rules: Rules,
  bytes: Buffer,
  within?: View,
  contentType = "",
): { readonly ranges: readonly TextRange[]; readonly frames: readonly AwsFrame[] } {
  const frames = awsFrames(bytes);
  const range = (start: number, end: number): TextRange => {
    const part = bytes.subarray(start, end);
    const encoding = isUtf8(part) ? "utf8" : "latin1";
    const embedding = within && {
      view: within,
      start: 0,
      end: within.text.length,
      encode: (text: string) => text,
    };
    return { source: inspection.source(part.toString(encoding), start, embedding), encoding, start };
  };
  const ranges = inspectFrames(
    inspection,
    frames.map(({ payload }) => range(payload.start, payload.end)),
  );
  const done = frames.at(-1)?.end ?? 0;
  if (done < bytes.length) {
    const rest = range(done, bytes.length);
    ranges.push(rest);
    inspectDocument(inspection, rules, rest.source, contentType);
  }
  return { ranges, frames };
}

/** Every frame is an event, whose payload is JSON. Its headers are binary and hold names only. */
function inspectFrames(inspection: Inspection, payloads: readonly TextRange[]): TextRange[] {
  const channels = new Channels();
  for (const { source } of payloads) {
    inspection.search(source);
    if (looksLikeJson(source.text)) inspection.readJson(source, inspection.root, channels, 0);
    else inspection.text(source);
  }
  inspection.channels(channels, 0);
  return [...payloads];
}

/** A text after all treatments; the very same where nothing was found. */
export function treatText(
  text: string,
  treatments: readonly Treatment[],
  place: string,
  inspect: (inspection: Inspection, source: Source) => void,
): string {
  return treatments.reduce((current, { rules, mode, placeholders }) => {
    const inspection = new Inspection(rules, mode, place);
    const source = inspection.source(current);
    inspect(inspection, source);
    const { finds } = inspection;
    if (finds.length === 0) return current;
    settle(finds, placeholders);
    raise(inspection.sources);
    return source.edited();
  }, text);
}
