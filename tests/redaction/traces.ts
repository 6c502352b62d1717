import { decodeEventStreamMessage, frameLength } from "../../src/streams/event-stream-message.ts";

/**
 * Everything that a reader could make of some bytes, by other means than those of the code under test: the
 * bytes as text, every JSON in them parsed, the strings of one name put together, base64 undone, and so on.
 */
export function readings(bytes: Uint8Array): readonly string[] {
  const frames = framesOf(bytes);
  const texts = frames === undefined ? [Buffer.from(bytes).toString("utf8")] : frames;
  const found = [...texts, texts.join(""), Buffer.from(bytes).toString("latin1")];
  const byName = new Map<string, string>();
  const note = (name: string, text: string): void => {
    byName.set(name, (byName.get(name) ?? "") + text);
    found.push(text);
  };
  for (const text of texts) {
    for (const part of partsOf(text)) walk(part, "", note, 0);
  }
  const plain = texts
    .flatMap((text) => text.split(/\r\n\r\n|\n\n/))
    .map((event) => event.replace(/^data: ?/, ""));
  return [...found, ...byName.values(), plain.join("")].flatMap((text) => [text, ...undone(text)]);
}

/** The JSON values in a text: the whole, each line, each line of data. */
function partsOf(text: string): readonly unknown[] {
  const candidates = [text, ...text.split(/\r?\n/).map((line) => line.replace(/^\w+: ?/, ""))];
  return candidates.map(parse).filter((value) => value !== undefined);
}

function walk(value: unknown, name: string, note: (name: string, text: string) => void, depth: number): void {
  if (typeof value === "string") {
    note(name, value);
    if (depth > 4) return;
    const inner = parse(value);
    if (typeof inner === "object") walk(inner, `${name}!`, note, depth + 1);
    if (/^[\w+/-]{16,}={0,2}$/.test(value)) {
      const decoded = Buffer.from(value, "base64").toString("utf8");
      note(`${name}64`, decoded);
      const json = parse(decoded);
      if (typeof json === "object") walk(json, `${name}64!`, note, depth + 1);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      note("a key", key);
      walk(child, Array.isArray(value) ? name : key, note, depth);
    }
  }
}

function undone(text: string): readonly string[] {
  const base64 = text.match(/[\w+/-]{16,}={0,2}/g) ?? [];
  return [
    text.replace(/\\u([0-9a-f]{4})/gi, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
    text.replaceAll("\\/", "/"),
    ...(/%[0-9a-f]{2}/i.test(text) ? [decoded(text)] : []),
    ...base64.slice(0, 50).map((run) => Buffer.from(run, "base64").toString("utf8")),
  ];
}

function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"),
  );
}

/** Payloads of AWS frames with their checksums checked; `undefined` where there are no frames. */
export function framesOf(bytes: Uint8Array): string[] | undefined {
  // The first bytes of a frame are its length, and text has no such bytes.
  if (bytes[0] !== 0) return undefined;
  const payloads: string[] = [];
  try {
    for (let at = 0; at < bytes.length; ) {
      const length = frameLength(bytes, at);
      if (length === undefined) return undefined;
      payloads.push(
        Buffer.from(decodeEventStreamMessage(bytes.slice(at, at + length)).payload).toString("utf8"),
      );
      at += length;
    }
  } catch {
    return undefined;
  }
  return payloads.length === 0 ? undefined : payloads;
}

/** The object, list or string that a text is as JSON. */
function parse(text: string): unknown {
  // A failed `JSON.parse` takes long, and most texts are no JSON.
  if (!/^\s*["[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The parts of `secret` that no reading may hold. */
export function halvesOf(secret: string): readonly string[] {
  const middle = secret.length >> 1;
  return [secret, secret.slice(0, middle), secret.slice(middle)];
}
