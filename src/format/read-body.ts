import { TextEncoder } from "node:util";
import { decodeBase64 } from "./base64.ts";
import { jsonText } from "./json-text.ts";
import { isNull, plainType, type TapeNode } from "./node.ts";
import type { NodeReader, Nodes } from "./node-reader.ts";

export type BodyKey = "body" | "encoding" | "eol";
export const BODY_KEYS: readonly BodyKey[] = ["body", "encoding", "eol"];

const EOLS = { crlf: "\r\n", cr: "\r" } as const;
const encoder = new TextEncoder();

/** Reads the bytes of a body; `undefined` if the tape names none. */
export function readBody(reader: NodeReader, fields: Nodes<BodyKey>): Uint8Array | undefined {
  const { body } = fields;
  const eol = fields.eol && reader.word(fields.eol, "eol", ["crlf", "cr"]);
  const encoding = fields.encoding && reader.word(fields.encoding, "encoding", ["base64"]);
  if (body === undefined) return undefined;
  if (isNull(body)) {
    const next = 'Write "" for an empty body, "null" for that JSON, or leave the key out.';
    throw reader.error(body, "the body has no value", next);
  }

  if (body.kind !== "scalar") {
    if (eol !== undefined || encoding !== undefined) {
      throw reader.error(body, `a body with ${eol ? "eol" : "encoding"} has to be text`);
    }
    return encoder.encode(jsonText(reader, body));
  }
  if (encoding === "base64") {
    if (eol !== undefined)
      throw reader.error(fields.eol as TapeNode, "eol does not apply to a body in base64");
    const bytes = decodeBase64(body.text);
    if (bytes === undefined) throw reader.error(body, "the body is not base64");
    return bytes;
  }
  if (body.plain && plainType(body.text) !== "string") return encoder.encode(jsonText(reader, body));
  return encoder.encode(eol === undefined ? body.text : body.text.replaceAll("\n", EOLS[eol]));
}
