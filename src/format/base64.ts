const LINE = 76;

/** Base64 in lines of 76 characters. */
export function encodeBase64(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += LINE) lines.push(text.slice(at, at + LINE));
  return lines;
}

/** The bytes; `undefined` where the text is not base64. Blanks and ends of lines may stand anywhere. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
  const buffer = Buffer.from(digits, "base64");
  // Not a view of the pool that buffers share.
  return Uint8Array.from(buffer);
}
