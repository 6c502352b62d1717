import fc from "fast-check";
import { expect, test } from "vitest";
import { patchChunks } from "../../src/redaction/patch.ts";
import { hold } from "../support/hold.ts";
import { CANARIES, CANARY_ENV } from "./secrets.ts";
import { cutAt, redactorOf, requestOf, responseOf, sse, textOf } from "./support.ts";

/** The same cases in every run: a build must not fail for what it did not change. */
const secret = fc.constantFrom(...Object.values(CANARY_ENV));
/** Text that cannot lengthen a secret that it stands beside. */
const around = fc.string({
  unit: fc.constantFrom(" ", "a", "ü", "😀", '"', "\\", "/", "\n", ".", "%", "<", "&", "{", "}"),
  maxLength: 12,
});
const said = fc
  .array(fc.oneof(around, secret), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(" "));
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    said,
    fc.constantFrom(1, 2.5, true, null, "", "plain"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom("a", "content", "index", "type", "text", "data", "max_tokens"), secret),
      tie("value"),
      { maxKeys: 4 },
    ),
  ),
})).value;

const redactor = () => redactorOf({}, CANARY_ENV);

/** `text` with every secret replaced by the placeholder that `first` gave it. */
function replaced(text: string): string {
  return Object.entries(CANARY_ENV).reduce(
    (current, [name, value]) =>
      current.replaceAll(value, `<redacted:${name.toLowerCase().replaceAll("_", "-")}>`),
    text,
  );
}

/** `value` as redaction should leave it: every string and key without secrets. */
function cleaned(value: unknown): unknown {
  if (typeof value === "string") return replaced(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [replaced(key), cleaned(child)]));
}

function shares(length: number, at: readonly number[]): number[] {
  return at.map((share) => Math.floor(share * length)).sort((a, b) => a - b);
}

test("of a JSON body the secrets change and nothing else", () => {
  hold(
    fc.property(json, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      const request = requestOf({ body: JSON.stringify({ value }, null, indent) });
      const redacted = redactor().redactRequest(request);
      expect(JSON.parse(textOf(redacted))).toEqual(cleaned({ value }));
      if (JSON.stringify(cleaned({ value })) === JSON.stringify({ value })) expect(redacted).toBe(request);
      expect(redactor().redactRequest(redacted)).toBe(redacted);
    }),
    600,
  );
});

test("a live request and its recording compare as equal", () => {
  hold(
    fc.property(json, said, (value, query) => {
      const url = `https://x.test/${encodeURIComponent(query)}?q=${encodeURIComponent(query)}`;
      const live = requestOf({ url, body: { value } });
      const recorded = redactor().redactRequest(live);
      const compared = redactor().redactForMatching(live);
      expect(redactor().redactForMatching(recorded)).toEqual(compared);
      expect(redactorOf().redactForMatching(recorded)).toEqual(compared);
      expect(redactor().redactForMatching(compared)).toEqual(compared);
    }),
    300,
  );
});

test("a stream keeps its text except for secrets, in any pieces, events and chunks", () => {
  hold(
    fc.property(said, cuts, cuts, fc.boolean(), (text, pieces, chunkCuts, escaped) => {
      const edges = shares(text.length, pieces);
      const deltas = [0, ...edges].map((start, index) => text.slice(start, edges[index] ?? text.length));
      const events = deltas.map((content, index) => ({
        index: 0,
        sequence_number: index,
        delta: { content },
      }));
      const plain = sse(...events);
      const body = escaped
        ? plain.replace(/[/<%]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
        : plain;
      const bytes = Buffer.from(body);
      const chunks = cutAt(bytes, ...shares(bytes.length, chunkCuts));
      const redacted = redactor().redactResponse(responseOf(chunks));
      const back = textOf(redacted)
        .split("\n\n")
        .filter(Boolean)
        .map((event) => JSON.parse(event.slice(6)));
      expect(back.map(({ delta }) => delta.content).join("")).toBe(replaced(text));
      expect(back.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
      expect(redacted.chunks).toHaveLength(chunks.length);
      expect(redacted.chunks.map(({ length }) => length > 0)).toEqual(chunks.map(({ length }) => length > 0));
      expect(redactor().redactResponse(redacted)).toBe(redacted);
    }),
    600,
  );
});

test("bytes without a secret come back as the same object", () => {
  hold(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }),
      fc.constantFrom(
        "text/event-stream",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "application/vnd.amazon.eventstream",
      ),
      (chunks, type) => {
        const response = responseOf(chunks, [["content-type", type]]);
        expect(redactor().redactResponse(response)).toBe(response);
      },
    ),
    500,
  );
});

test("texts of any kind are scanned and redacted without a throw, and the result is clean", () => {
  const scrap = fc.oneof(
    fc.string({ maxLength: 10 }),
    fc.constantFrom(...CANARIES.map((canary) => canary.secret)),
    fc.constantFrom(
      "data: {",
      '{"',
      '":"',
      "\\u00",
      "%3",
      "\n\n",
      "key=",
      "?token=",
      "Bearer ",
      "-----BEGIN",
      "<redacted:",
      ">",
      "base64,",
    ),
  );
  hold(
    fc.property(fc.array(scrap, { maxLength: 12 }), (scraps) => {
      const text = scraps.join("");
      const redacted = redactor().redactText(text);
      for (const { secret: value } of CANARIES)
        if (text.includes(` ${value} `)) expect(redacted).not.toContain(value);
      for (const value of Object.values(CANARY_ENV)) expect(redacted).not.toContain(value);
      const body = redactor().redactResponse(responseOf([text]));
      for (const value of Object.values(CANARY_ENV)) expect(textOf(body)).not.toContain(value);
      redactor().scan(text);
      redactor().redactUrl(text);
    }),
    500,
  );
});

test("patches change their bytes and keep every boundary that can be kept", () => {
  hold(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.tuple(fc.nat(40), fc.nat(10), fc.uint8Array({ maxLength: 12 })), { maxLength: 4 }),
      (chunks, wanted) => {
        const body = Buffer.concat(chunks);
        const patches: { start: number; end: number; bytes: Uint8Array }[] = [];
        let at = 0;
        for (const [gap, length, bytes] of wanted) {
          const start = Math.min(at + gap + 1, body.length);
          const end = Math.min(start + length, body.length);
          if (start < end) patches.push({ start, end, bytes });
          at = end;
        }
        const result = patchChunks(chunks, patches);
        const expected: Uint8Array[] = [];
        let done = 0;
        for (const { start, end, bytes } of patches) {
          expected.push(body.subarray(done, start), bytes);
          done = end;
        }
        expected.push(body.subarray(done));
        expect(Buffer.concat(result)).toEqual(Buffer.concat(expected));
        expect(result).toHaveLength(chunks.length);
        const filled = chunks.filter(({ length }) => length > 0).length;
        if (Buffer.concat(result).length >= filled) {
          expect(result.map(({ length }) => length > 0)).toEqual(chunks.map(({ length }) => length > 0));
        }
      },
    ),
    1000,
  );
});
