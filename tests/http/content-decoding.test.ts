import zlib from "node:zlib";
import { describe, expect, test } from "vitest";
import { contentDecoder } from "../../src/http/content-decoder.ts";
import {
  decodeChunks,
  decodeContent,
  MAX_DECODED_BYTES,
  readableContent,
} from "../../src/http/content-decoding.ts";

const TEXT = 'data: {"text":"Why do programmers prefer dark mode? Grüße"}\n\n'.repeat(20);
const plain = Buffer.from(TEXT);

const encoded: Readonly<Record<string, Buffer>> = {
  gzip: zlib.gzipSync(plain),
  "x-gzip": zlib.gzipSync(plain),
  GZIP: zlib.gzipSync(plain),
  deflate: zlib.deflateSync(plain),
  "deflate (raw)": zlib.deflateRawSync(plain),
  br: zlib.brotliCompressSync(plain),
  zstd: zlib.zstdCompressSync(plain),
  "gzip, br": zlib.brotliCompressSync(zlib.gzipSync(plain)),
  "identity, deflate, gzip": zlib.gzipSync(zlib.deflateSync(plain)),
};

const headerFor = (name: string): string => name.replace(" (raw)", "");

describe.each(Object.entries(encoded))("%s", (name, bytes) => {
  const header = headerFor(name);

  test("decodes a whole body", () => {
    const decoded = decodeContent(bytes, header);
    expect(decoded).toMatchObject({ kind: "decoded" });
    expect(Buffer.from(readableContent(bytes, header)).toString()).toBe(TEXT);
  });

  test("decodes a stream cut at any byte", async () => {
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const decoder = contentDecoder(header);
      const parts = [
        await decoder?.write(bytes.subarray(0, cut)),
        await decoder?.write(bytes.subarray(cut)),
        await decoder?.end(),
      ];
      expect(Buffer.concat(parts as Uint8Array[]).toString()).toBe(TEXT);
    }
  });

  test("gives as many decoded bytes as have arrived, by chunk", () => {
    const middle = bytes.length >> 1;
    const chunks = [
      { at: 1, bytes: bytes.subarray(0, middle) },
      { at: 2, bytes: bytes.subarray(middle) },
    ];
    const decoded = decodeChunks(chunks, header);
    expect(Buffer.concat(decoded.map((chunk) => chunk.bytes)).toString()).toBe(TEXT);
    expect(decoded.at(-1)?.at).toBe(2);
  });

  test("reports bytes that are not in this coding", async () => {
    const text = Buffer.from('{"error":{"message":"not compressed"}}');
    expect(decodeContent(text, header)).toMatchObject({ kind: "damaged" });
    expect(readableContent(text, header)).toEqual(text);
    const chunks = [{ at: 1, bytes: text }];
    expect(decodeChunks(chunks, header)).toEqual(chunks);
  });
});

test.each(["gzip", "deflate", "zstd"])(
  "a %s stream of other bytes fails, and goes on failing",
  async (coding) => {
    const decoder = contentDecoder(coding);
    await expect(decoder?.write(Buffer.from("plain text, not compressed"))).rejects.toThrow();
    await expect(decoder?.write(Buffer.from("more"))).rejects.toThrow();
    await expect(decoder?.end()).rejects.toThrow();
  },
);

test.each(["gzip", "deflate", "br"])("a %s body that was cut gives its decodable part", async (coding) => {
  const lines = Array.from({ length: 2000 }, (_, index) => `${index} ${Math.sin(index)}\n`).join("");
  const whole = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, br: zlib.brotliCompressSync }[coding]!(
    lines,
  );
  const cut = whole.subarray(0, whole.length >> 1);
  const decoded = Buffer.from(readableContent(cut, coding)).toString();
  expect(decoded.length).toBeGreaterThan(1000);
  expect(lines.startsWith(decoded)).toBe(true);
  const decoder = contentDecoder(coding)!;
  expect(Buffer.concat([await decoder.write(cut), await decoder.end()]).toString()).toBe(decoded);
});

test("gzip without a header is still shown as text", () => {
  expect(decodeContent(zlib.gzipSync(plain), undefined)).toEqual({ kind: "plain" });
  expect(Buffer.from(readableContent(zlib.gzipSync(plain), undefined)).toString()).toBe(TEXT);
});

test("an unknown coding is named", () => {
  expect(decodeContent(plain, "gzip, compress")).toEqual({ kind: "unsupported", coding: "compress" });
  expect(contentDecoder("compress")).toBeUndefined();
});

test("nothing decodes to more than the limit", async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(MAX_DECODED_BYTES + 1));
  expect(decodeContent(bomb, "gzip")).toEqual({ kind: "too-large" });
  expect(readableContent(bomb, "gzip")).toBe(bomb);
  await expect(contentDecoder("gzip")?.write(bomb)).rejects.toThrow(
    `Failed to decode a body: it is larger than ${MAX_DECODED_BYTES} bytes when decoded`,
  );
  const twice = zlib.gzipSync(bomb);
  await expect(contentDecoder("gzip, gzip")?.write(twice)).rejects.toThrow("larger than");
});
