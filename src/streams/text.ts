import { TextDecoder, TextEncoder } from "node:util";

const encoder = new TextEncoder();

/** Encodes `text` as UTF-8. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Decodes UTF-8. Malformed bytes become U+FFFD. Keeps a leading BOM: a reader whose format has none strips it.
 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
