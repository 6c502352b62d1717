import { Buffer, isUtf8 } from "node:buffer";
import { CassetteError } from "../cassette/errors.ts";
import { decodeChunks, decodeContent, MAX_DECODED_BYTES } from "../http/content-decoding.ts";
import { beginsWithFrame } from "../streams/event-stream-message.ts";
import type { ValuePath } from "./allow-list.ts";
import type { InspectionMode } from "./findings.ts";
import { Inspection } from "./inspection.ts";
import { edited } from "./nested-text.ts";
import { patchChunks, patchesOf } from "./patch.ts";
import type { Placeholders } from "./placeholder.ts";
import type { Rules } from "./rules.ts";
import { rememberSearched } from "./searched-streams.ts";

/** The rules to find secrets, and the placeholders to write. */
export interface Treatment {
  readonly rules: Rules;
  readonly mode: InspectionMode;
  readonly placeholders: Placeholders;
}

export interface Body {
  readonly chunks: readonly Uint8Array[];
  readonly contentType: string;
  /** `content-encoding`, if the chunks are still encoded. */
  readonly contentEncoding: string | undefined;
  readonly path: ValuePath;
}

export interface RedactedBody {
  readonly chunks: readonly Uint8Array[];
  /** Whether the content coding was undone because something had to be removed. */
  readonly decoded: boolean;
}

/** A text after all treatments; the same if nothing was found. */
export function redactString(
  text: string,
  treatments: readonly Treatment[],
  path: ValuePath,
  inspect: (inspection: Inspection) => void,
): string {
  return treatments.reduce((current, { rules, mode, placeholders }) => {
    const inspection = new Inspection(current, rules, mode, path);
    inspect(inspection);
    return edited(current, inspection.edits(placeholders));
  }, text);
}

/** The same for JSON. */
export function redactJson(text: string, treatments: readonly Treatment[]): string {
  return redactString(text, treatments, [], (inspection) => inspection.body("application/json"));
}

/** A body after all treatments, in as many chunks; `undefined` if nothing was found in it. */
export function redactBody(body: Body, treatments: readonly Treatment[]): RedactedBody | undefined {
  let redacted: RedactedBody | undefined;
  for (const treatment of treatments) {
    const current = redacted ?? { chunks: body.chunks, decoded: false };
    const contentEncoding = current.decoded ? undefined : body.contentEncoding;
    const result = treat({ ...body, chunks: current.chunks, contentEncoding }, treatment);
    if (result !== undefined)
      redacted = { chunks: result.chunks, decoded: current.decoded || result.decoded };
  }
  return redacted;
}

/** Bytes of a body after all treatments, in as many chunks; the same chunks if nothing was found in them. */
export function redactBytes(
  chunks: readonly Uint8Array[],
  side: "request" | "response",
  treatments: readonly Treatment[],
  contentType = "",
): readonly Uint8Array[] {
  const body = { chunks, contentType, contentEncoding: undefined, path: [side, "body"] };
  return redactBody(body, treatments)?.chunks ?? chunks;
}

function treat(body: Body, treatment: Treatment): RedactedBody | undefined {
  const { contentEncoding } = body;
  const bytes = Buffer.concat(body.chunks);
  if (bytes.length === 0) return undefined;
  const content = decodeContent(bytes, contentEncoding);
  if (content.kind === "too-large") throw tooLarge(bytes, contentEncoding);
  const plain = content.kind === "decoded" ? Buffer.from(content.bytes) : bytes;
  // Bytes that are not text stay unchanged. The gate refuses them if they contain a secret.
  if (isBinary(plain)) return undefined;
  const encoding = isUtf8(plain) ? "utf8" : "latin1";
  const text = plain.toString(encoding);
  const inspection = new Inspection(text, treatment.rules, treatment.mode, body.path);
  inspection.body(body.contentType);
  const patches = patchesOf(text, inspection.edits(treatment.placeholders), encoding);
  const decoded = content.kind === "decoded";
  if (patches.length === 0) {
    if (inspection.says && !decoded) rememberSearched(body.chunks, treatment.rules, inspection.says);
    return undefined;
  }
  const chunks = decoded ? decodedChunks(body.chunks, contentEncoding) : body.chunks;
  return { chunks: patchChunks(chunks, patches), decoded };
}

/** Whether a body that begins like this is not text, in any encoding. */
export function isBinary(bytes: Uint8Array): boolean {
  if (beginsWithFrame(bytes)) return true;
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).toString("latin1");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters tell data from text.
  return !isUtf8(bytes) && /[\0-\x06\x0e-\x1a\x1c-\x1f]/.test(start);
}

/** As many chunks as there were. */
function decodedChunks(
  chunks: readonly Uint8Array[],
  contentEncoding: string | undefined,
): readonly Uint8Array[] {
  const decoded = decodeChunks(
    chunks.map((bytes, at) => ({ at, bytes })),
    contentEncoding,
  );
  const byIndex = new Map(decoded.map(({ at, bytes }) => [at, bytes]));
  return chunks.map((_, index) => byIndex.get(index) ?? new Uint8Array());
}

function tooLarge(bytes: Uint8Array, contentEncoding: string | undefined): CassetteError {
  return new CassetteError(
    "CASSETTE_BODY_TOO_LARGE",
    `Failed to search a body for secrets: its ${bytes.length} bytes (content-encoding: ${contentEncoding}) decode to more than ${MAX_DECODED_BYTES}. Exclude this request with the option ignore.`,
  );
}
