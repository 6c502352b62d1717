/** One part of a multipart body. Names are lower case. */
export interface MultipartPart {
  readonly name: string | undefined;
  readonly filename: string | undefined;
  readonly type: string | undefined;
  /** Headers other than `content-type` and `content-disposition`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** The boundary that a content type names, or that the body itself begins with; `undefined` where there is none. */
export function multipartBoundary(contentType: string | undefined, body: Uint8Array): string | undefined {
  const named = /^multipart\/[^;]+;.*?\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? "");
  if (named !== null) return named[1] ?? named[2];
  const [, first] = /^--([!-~][ -~]{0,69})\r\n/.exec(latin1(body.subarray(0, 80))) ?? [];
  return first;
}

/** The parts of a multipart body, in order; `undefined` where the body is not one of that boundary. */
export function parseMultipart(body: Uint8Array, boundary: string): readonly MultipartPart[] | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = `--${boundary}`;
  // A preamble may stand before the first delimiter.
  let at = bytes.indexOf(delimiter, 0, "latin1");
  if (at !== 0 && bytes.subarray(at - 2, at).toString("latin1") !== "\r\n") return undefined;
  const parts: MultipartPart[] = [];
  while (at !== -1) {
    at += delimiter.length;
    const rest = bytes.subarray(at, at + 2).toString("latin1");
    if (rest === "--") return parts;
    const lineEnd = bytes.indexOf("\r\n", at, "latin1");
    const next = bytes.indexOf(`\r\n${delimiter}`, Math.max(at, lineEnd), "latin1");
    if (lineEnd === -1 || next === -1) return undefined;
    const part = parsePart(bytes.subarray(lineEnd + 2, Math.max(next, lineEnd + 2)));
    if (part === undefined) return undefined;
    parts.push(part);
    at = next + 2;
  }
  return undefined;
}

function parsePart(bytes: Buffer): MultipartPart | undefined {
  const headEnd =
    bytes.subarray(0, 2).toString("latin1") === "\r\n" ? 0 : bytes.indexOf("\r\n\r\n", 0, "latin1");
  if (headEnd === -1) return undefined;
  const headers: Record<string, string> = Object.create(null);
  for (const line of bytes.subarray(0, headEnd).toString("utf8").split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { "content-disposition": disposition = "", "content-type": type, ...others } = headers;
  return {
    name: parameter(disposition, "name"),
    filename: parameter(disposition, "filename"),
    type,
    headers: others,
    bytes: bytes.subarray(headEnd === 0 ? 2 : headEnd + 4),
  };
}

function parameter(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, "i").exec(header);
  return match?.[1] ?? match?.[2];
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
