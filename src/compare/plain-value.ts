import { Buffer } from "node:buffer";
import { storedBodyOf } from "../cassette/stored-body.ts";
import { BytesDigest } from "../matching/bytes-digest.ts";
import { isContainer, mapParts } from "../matching/container.ts";
import { ExactNumber } from "../matching/json.ts";

/** Returns a value as JSON: numbers that a double cannot hold as text, and bytes as their size and hash. */
export function plainValue(value: unknown): unknown {
  if (value instanceof ExactNumber) return String(value);
  if (value instanceof BytesDigest) return value.toJSON();
  return isContainer(value) ? mapParts(value, plainValue) : value;
}

/** Returns bytes as text if they are text, and else as their size and hash. Does not read a body file. */
export function bytesValue(chunks: readonly Uint8Array[]): unknown {
  const stored = storedBodyOf(chunks);
  if (stored !== undefined) return { bytes: stored.bytes, sha256: stored.sha256 };
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : new BytesDigest(bytes).toJSON();
}
