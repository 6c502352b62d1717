import { Buffer, isUtf8 } from "node:buffer";
import type { Interaction, TapeEntry } from "../cassette/model.ts";
import { bodyLength, lengthsOf, storedBodyOf, storedChunks } from "../cassette/stored-body.ts";
import { isFromFile } from "../format/index.ts";
import { assertClean, type LocatedFinding } from "../redaction/gate.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { BodyWriter } from "../storage/body-writer.ts";
import { type StreamedFacts, streamedFacts } from "./streamed-body.ts";

export interface StoreBodiesTools {
  /** Larger bodies are stored, in bytes. */
  readonly maxInlineBytes: number;
  readonly redactors: readonly Redactor[];
  /** Begins a file for a body. */
  readonly begin: () => BodyWriter;
}

/** Chunks in memory, and the same in a file: a tape may be rendered twice. */
const known = new WeakMap<readonly Uint8Array[], readonly Uint8Array[]>();

/**
 * Puts the large binary bodies of new recordings into files of their own. Text stays, for people to review. So does a body
 * with a secret in it: the text of the tape is then refused, with the place of the secret.
 *
 * @throws StorageError `CASSETTE_WRITE_FAILED`
 */
export function storeBodies(entries: readonly TapeEntry[], tools: StoreBodiesTools): readonly TapeEntry[] {
  return entries.map((entry) => {
    if (entry.kind !== "request" || isFromFile(entry)) return entry;
    const chunks = stored(entry, tools);
    return chunks === undefined ? entry : { ...entry, response: { ...entry.response, chunks } };
  });
}

function stored(
  { response: { chunks } }: Interaction,
  tools: StoreBodiesTools,
): readonly Uint8Array[] | undefined {
  if (storedBodyOf(chunks) !== undefined || bodyLength(chunks) <= tools.maxInlineBytes) return undefined;
  const done = known.get(chunks);
  if (done !== undefined) return done;
  const bytes = Buffer.concat(chunks);
  if (isUtf8(bytes) || tools.redactors.some((each) => each.scanBytes(bytes).length > 0)) return undefined;
  const file = tools.begin();
  file.write(bytes);
  const body = storedChunks(file.end(lengthsOf(chunks)));
  known.set(chunks, body);
  return body;
}

/**
 * Checks the bodies that were written while they arrived.
 *
 * @throws SecretFoundError for a secret in one of them, by the rules of any redactor; or why it could not be written
 */
export async function checkStreamedBodies(
  entries: readonly TapeEntry[],
  shownFile: string,
  redactors: readonly Redactor[],
): Promise<void> {
  const findings: LocatedFinding[] = [];
  for (const [index, entry] of entries.entries()) {
    const facts = entry.kind === "request" ? streamedFacts(entry.response.chunks) : undefined;
    if (facts === undefined) continue;
    if (facts.refusal?.kind === "failed") throw facts.refusal.error;
    const found = facts.refusal?.found ?? (await searchAgain(facts, redactors));
    const path = `interactions[${index}].response.body`;
    findings.push(...found.map((each) => ({ ...each, line: 0, column: 0, path })));
  }
  assertClean(findings, shownFile);
}

/** Tests that share a tape may have other rules, and a test may have set keys after the body arrived. */
async function searchAgain(
  { body, basis, scanBy }: StreamedFacts,
  redactors: readonly Redactor[],
): Promise<readonly LocatedFinding[]> {
  for (const redactor of redactors) {
    if (redactor.basis === basis) continue;
    const scan = scanBy(redactor);
    for await (const piece of body.pieces()) {
      const found = scan.push(piece);
      if (!(found instanceof Uint8Array)) return found;
    }
    const found = scan.end();
    if (!(found instanceof Uint8Array)) return found;
  }
  return [];
}
