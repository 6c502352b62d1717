import { expect, test } from "vitest";
import { noise } from "../bodies/support.ts";
import { OPENAI_KEY, redactorOf } from "./support.ts";

const SECRET = "opaque-value-0001";
const redactor = redactorOf({ fields: ["launch_code"] }, { APP_TOKEN: SECRET });
/** What the first search lets go; it holds back 64 KiB more. */
const WINDOW = 256 * 1024;

type Kind = Parameters<typeof redactor.scanPieces>[0];

/** Pushes a body in pieces; returns what came out as clean, and what was found. */
function scan(kind: Kind, body: Buffer, size: number, contentType = ""): { clean: Buffer; found: string[] } {
  const scan = redactor.scanPieces(kind, contentType);
  const clean: Uint8Array[] = [];
  const steps = Math.ceil(body.length / size);
  for (let step = 0; step <= steps; step++) {
    const next = step < steps ? scan.push(body.subarray(step * size, (step + 1) * size)) : scan.end();
    if (!(next instanceof Uint8Array)) {
      return { clean: Buffer.concat(clean), found: next.map(({ type }) => type) };
    }
    // The next call overwrites it.
    clean.push(Buffer.from(next));
  }
  return { clean: Buffer.concat(clean), found: [] };
}

test.each([1000, 65_536, 700_001, 5_000_000])(
  "a clean body in pieces of %i bytes comes out as it was",
  (size) => {
    const bytes = noise(900_000);
    const { clean, found } = scan("bytes", bytes, size);
    expect(found).toEqual([]);
    expect(clean.equals(bytes)).toBe(true);
  },
);

test("a secret on the border of two searches is found, wherever the border cuts it, and no part of it comes out before", () => {
  const body = noise(600_000);
  for (const border of [WINDOW, WINDOW + 65_536]) {
    for (let cut = 0; cut <= SECRET.length; cut += 4) {
      const at = border - cut;
      const leaky = Buffer.concat([body.subarray(0, at), Buffer.from(SECRET), body.subarray(at)]);
      const { clean, found } = scan("bytes", leaky, 65_536);
      expect(found, `${border} ${cut}`).toEqual(["app-token"]);
      expect(clean.length).toBeLessThanOrEqual(at);
    }
  }
});

test("UTF-16 in a binary body is read, too", () => {
  const leaky = Buffer.concat([noise(300_000), Buffer.from(`key ${SECRET} key`, "utf16le"), noise(300_000)]);
  expect(scan("bytes", leaky, 100_000).found).toEqual(["app-token"]);
});

test.each([
  ["a value of the environment", `data: {"delta":"${SECRET}"}\n\n`, "app-token"],
  ["a key by its shape", `data: {"delta":"${OPENAI_KEY}"}\n\n`, "openai-key"],
  [
    "a value in base64",
    `data: {"delta":"${Buffer.from(`a ${SECRET} b`).toString("base64")}"}\n\n`,
    "app-token",
  ],
  ["a field that would have been replaced", 'data: {"launch_code":"12 34"}\n\n', "secret"],
  [
    "a key in two events",
    `data: {"delta":"${SECRET.slice(0, 7)}"}\n\ndata: {"delta":"${SECRET.slice(7)}"}\n\n`,
    "secret",
  ],
])("text is searched for %s", (_, event, type) => {
  const filler = 'data: {"delta":"word"}\n\n';
  const before = filler.repeat(Math.ceil(WINDOW / filler.length) - 2);
  const body = Buffer.from(before + event + filler.repeat(3000));
  expect(scan("text", body, 50_000, "text/event-stream").found).toContain(type);
});

test("what is only found in a whole body is not searched in pieces", async () => {
  const { gzipSync, brotliCompressSync } = await import("node:zlib");
  const text = noise(100_000).toString("base64");
  expect(redactor.scansPieces(noise(100_000))).toBe("bytes");
  expect(redactor.scansPieces(Buffer.concat([Buffer.from("\x89PNG\r\n"), noise(100_000)]))).toBe("bytes");
  expect(redactor.scansPieces(Buffer.from(text))).toBe("text");
  expect(redactor.scansPieces(Buffer.from("€".repeat(1000)).subarray(0, 2999))).toBe("text");
  expect(redactor.scansPieces(gzipSync(text).subarray(0, 5000))).toBe(undefined);
  expect(redactor.scansPieces(brotliCompressSync(text).subarray(0, 5000))).toBe(undefined);
  expect(redactor.scansPieces(Buffer.from("é,".repeat(1000), "latin1"))).toBe(undefined);
  expect(redactorOf({ replace: (each) => each }).scansPieces(Buffer.from(text))).toBe(undefined);
});
