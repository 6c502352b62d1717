import { Buffer } from "node:buffer";
import { type AwsFrame, awsFrames, framePatches } from "./aws-frames.ts";
import { Channels } from "./channels.ts";
import { decodeContent, decodedChunks } from "./content-encoding.ts";
import { inspectDocument } from "./document.ts";
import { raise, settle } from "./edits.ts";
import { Inspection, type InspectionMode } from "./inspection.ts";
import { encodingOf, type Patch, patchChunks, patchesOf, type TextRange } from "./patch.ts";
import type { Placeholders } from "./placeholder.ts";
import type { Rules } from "./rules.ts";
import { SliceView, type Source, type View } from "./view.ts";

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
    const encoding = encodingOf(part);
    const embedding = within && {
      view: within,
      start: 0,
      end: within.text.length,
      encode: (text: string) => text,
    };
    return { source: inspection.source(part.toString(encoding), start, embedding), encoding, start };
  };
  const ranges = frames.map(({ payload }) => range(payload.start, payload.end));
  const done = frames.at(-1)?.end ?? 0;
  const rest = done < bytes.length ? [range(done, bytes.length)] : [];
  const headers = frames.flatMap(({ strings }) => strings.map(({ start, end }) => range(start, end)));
  for (const { source } of headers) inspection.text(source);
  if (frames.length > 0) inspectFrames(inspection, [...ranges, ...rest]);
  else for (const { source } of rest) inspectDocument(inspection, rules, source, contentType);
  return { ranges: [...headers, ...ranges, ...rest], frames };
}

/** Every frame is an event, whose payload is JSON. The last may be part of one, whose payload is told by looking. */
function inspectFrames(inspection: Inspection, payloads: readonly TextRange[]): void {
  const channels = new Channels();
  for (const { source } of payloads) {
    inspection.search(source);
    inspection.tails(source);
    const json = source.text.indexOf('{"');
    if (json === -1) inspection.text(source);
    else {
      const view = new SliceView(source, json, source.text.length);
      inspection.readJson(view, inspection.root, channels, 0);
    }
  }
  inspection.channels(channels, 0);
  for (const { source } of payloads) inspection.encoded(source);
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
