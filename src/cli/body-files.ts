import { Buffer, isUtf8 } from "node:buffer";
import { CassetteError } from "../cassette/errors.ts";
import type { Interaction } from "../cassette/model.ts";
import { interactionsOf } from "../cassette/model.ts";
import { type StoredBody, storedBodyOf } from "../cassette/stored-body.ts";
import { positionOf } from "../format/excerpt.ts";
import { headerOf } from "../http/headers.ts";
import type { LocatedFinding } from "../redaction/gate.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { TapeText } from "./tape-secrets.ts";

/** A body in a file of its own, and where the tape refers to it. */
interface Referred {
  readonly body: StoredBody;
  readonly interaction: Interaction;
  readonly line: number;
  readonly column: number;
  readonly path: string;
}

/** A body file that is missing, or holds something else. */
export interface BrokenBody extends Pick<Referred, "line" | "column"> {
  readonly message: string;
}

/** Reads the body files of a tape, each as a whole, and lists those that are not what the tape refers to. */
export async function findBrokenBodies(read: TapeText): Promise<readonly BrokenBody[]> {
  const broken: BrokenBody[] = [];
  for (const { body, line, column } of referredTo(read)) {
    try {
      for await (const _ of body.pieces());
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      broken.push({ line, column, message: error.message });
    }
  }
  return broken;
}

/** Finds secrets in the body files of a tape. Skips those that cannot be read. */
export async function findBodySecrets(
  read: TapeText,
  redactor: Redactor,
): Promise<readonly LocatedFinding[]> {
  const secrets: LocatedFinding[] = [];
  for (const { body, interaction, line, column, path } of referredTo(read)) {
    try {
      for (const { type, encoding = [] } of await search(body, interaction, redactor)) {
        secrets.push({ type, line, column, path, encoding: [...encoding, `the file ${body.name}`] });
      }
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
    }
  }
  return secrets;
}

/** Begins of bodies that tell how to search them. */
const HEAD = 4 * 1024 * 1024;

async function search(
  body: StoredBody,
  { response }: Interaction,
  redactor: Redactor,
): Promise<readonly LocatedFinding[]> {
  const head: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body.pieces()) {
    head.push(piece);
    bytes += piece.length;
    if (bytes >= HEAD) break;
  }
  const kind = redactor.scansPieces(Buffer.concat(head));
  if (kind === undefined) {
    const whole = body.read();
    return isUtf8(whole) ? redactor.scan(Buffer.from(whole).toString("utf8")) : redactor.scanBytes(whole);
  }
  const scan = redactor.scanPieces(kind, headerOf(response.headers, "content-type") ?? "");
  for await (const piece of body.pieces()) {
    const found = scan.push(piece);
    if (!(found instanceof Uint8Array)) return found;
  }
  const found = scan.end();
  return found instanceof Uint8Array ? [] : found;
}

function referredTo({ text, tape }: TapeText): readonly Referred[] {
  return interactionsOf(tape).flatMap((interaction) => {
    const body = storedBodyOf(interaction.response.chunks);
    if (body === undefined) return [];
    const { line, column } = positionOf(text, Math.max(text.indexOf(body.name), 0));
    const path = `interactions[${tape.interactions.indexOf(interaction)}].response.body`;
    return [{ body, interaction, line, column, path }];
  });
}
