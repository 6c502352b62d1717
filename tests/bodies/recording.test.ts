import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { setupServer } from "msw/node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { storedBodyOf } from "../../src/cassette/stored-body.ts";
import { cassetteHandlers } from "../../src/msw.ts";
import { type Tapes, tapes } from "../session/support.ts";
import { digest, filesIn, noise, type SpeechServer, serve } from "./support.ts";

beforeEach(() => void vi.stubEnv("CI", ""));
afterEach(() => void vi.unstubAllEnvs());

const SPEECH = noise(150_000);
const CUTS = [1, 65_535, 65_537, 150_000];

/** Speech in several chunks. */
function speech(body = SPEECH): Promise<SpeechServer> {
  return serve(async (_, response) => {
    response.writeHead(200, { "content-type": "audio/mpeg", "content-length": body.length });
    let start = 0;
    for (const end of CUTS) {
      await new Promise((resolve) => response.write(body.subarray(start, end), resolve));
      await new Promise((resolve) => setTimeout(resolve, 15));
      start = end;
    }
    response.end(body.subarray(start));
  });
}

async function read(url: string): Promise<Buffer[]> {
  const { body } = await fetch(url, { method: "POST", body: "{}" });
  const chunks: Buffer[] = [];
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  return chunks;
}

/** Records one answer under this name, and returns the client's chunks. */
async function record(folder: Tapes, name: string, url: string, mode = "1"): Promise<Buffer[]> {
  vi.stubEnv("RECORD", mode);
  const chunks = await folder.play(name, {}, () => read(url));
  vi.stubEnv("RECORD", "");
  return chunks;
}

const bodiesOf = (folder: Tapes): readonly string[] =>
  filesIn(folder.dir).filter((file) => file.endsWith(".gz"));

test("speech is in a file beside the cassette, and plays in the chunks in which it came", async () => {
  await using server = await speech();
  using folder = tapes();
  const live = await record(folder, "joke", server.url);
  expect(Buffer.concat(live)).toEqual(SPEECH);

  const [body, ...more] = bodiesOf(folder) as [string];
  expect(more).toEqual([]);
  expect(body).toMatch(/^joke\.bodies\/[0-9a-f]{16}\.gz$/);
  expect(gunzipSync(readFileSync(join(folder.dir, body)))).toEqual(SPEECH);
  const text = folder.read("joke");
  expect(text).toContain(`bodyFile:\n        name: ${body}\n        bytes: 150000\n        sha256: `);
  expect(text).not.toContain("encoding:");
  expect(text.length).toBeLessThan(1500);

  const played = await folder.play("joke", {}, async (cassette) => {
    const chunks = await read(server.url);
    expect(cassette.stream().chunks.map(({ bytes }) => Buffer.from(bytes))).toEqual(live);
    return chunks;
  });
  expect(played).toEqual(live);
});

test("a small body, and any text, stay in the cassette", async () => {
  const text = "a".repeat(200_000);
  await using small = await serve((_, response) => response.end(noise(65_536)));
  await using large = await serve((_, response) => response.end(text));
  using folder = tapes();
  await record(folder, "small", small.url);
  await record(folder, "text", large.url);
  expect(filesIn(folder.dir)).toEqual(["small.yaml", "text.yaml"]);
});

test("a recording of the same body again changes no byte of its file, however the file is compressed", async () => {
  await using server = await speech();
  using folder = tapes();
  await record(folder, "joke", server.url);
  const [body] = bodiesOf(folder) as [string];
  const other = gzipSync(SPEECH, { level: 9 });
  writeFileSync(join(folder.dir, body), other);
  await record(folder, "joke", server.url);
  expect(bodiesOf(folder)).toEqual([body]);
  expect(readFileSync(join(folder.dir, body))).toEqual(other);
});

test("a new recording removes the bodies that it does not need any more, and repairs one that was changed", async () => {
  await using old = await speech();
  await using now = await speech(noise(150_000, "now"));
  using folder = tapes();
  await record(folder, "joke", old.url);
  const [before] = bodiesOf(folder) as [string];
  await record(folder, "joke", now.url);
  const [after] = bodiesOf(folder) as [string];
  expect(bodiesOf(folder)).toEqual([after]);
  expect(after).not.toBe(before);
  writeFileSync(join(folder.dir, after), gzipSync("other"));
  await record(folder, "joke", now.url);
  await folder.play("joke", {}, async () =>
    expect(Buffer.concat(await read(now.url))).toEqual(noise(150_000, "now")),
  );

  await using text = await serve((_, response) => response.end("short"));
  await record(folder, "joke", text.url);
  expect(filesIn(folder.dir)).toEqual(["joke.yaml"]);
});

test("RECORD=new keeps the bodies of old recordings, and a copy of a cassette keeps those that it refers to", async () => {
  await using first = await speech();
  await using second = await speech(noise(150_000, "second"));
  using folder = tapes();
  await record(folder, "joke", first.url);
  vi.stubEnv("RECORD", "new");
  await folder.play("joke", {}, async () => {
    await read(first.url);
    await read(second.url);
  });
  expect(bodiesOf(folder)).toHaveLength(2);
  const [one, two] = folder.interactions("joke");
  expect(Buffer.concat(one!.response.chunks)).toEqual(SPEECH);
  expect(Buffer.concat(two!.response.chunks)).toEqual(noise(150_000, "second"));

  writeFileSync(join(folder.dir, "copy.yaml"), folder.read("joke"));
  await record(folder, "joke", second.url);
  expect(bodiesOf(folder)).toHaveLength(2);
  rmSync(join(folder.dir, "copy.yaml"));
  await record(folder, "joke", second.url);
  expect(bodiesOf(folder)).toEqual([storedBodyOf(folder.interactions("joke")[0]!.response.chunks)?.name]);
});

test("RECORD=update removes the bodies of the recordings that it drops", async () => {
  await using first = await speech();
  await using second = await speech(noise(150_000, "second"));
  using folder = tapes();
  vi.stubEnv("RECORD", "1");
  await folder.play("joke", {}, async () => {
    await read(first.url);
    await read(second.url);
  });
  expect(bodiesOf(folder)).toHaveLength(2);
  await record(folder, "joke", second.url, "update");
  expect(bodiesOf(folder)).toEqual([storedBodyOf(folder.interactions("joke")[0]!.response.chunks)?.name]);
  await folder.play("joke", {}, async () =>
    expect(digest(...(await read(second.url)))).toBe(digest(noise(150_000, "second"))),
  );
});

test("the handlers of msw play a body from its file", async () => {
  await using server = await speech();
  using folder = tapes();
  await record(folder, "joke", server.url);
  const msw = setupServer(...cassetteHandlers("joke", { dir: folder.dir }));
  msw.listen();
  try {
    expect(digest(...(await read(server.url)))).toBe(digest(SPEECH));
  } finally {
    msw.close();
  }
});

test("the recording of a failed test has its bodies, too, in the same folder, and accepting it leaves no other", async () => {
  await using old = await speech();
  await using now = await speech(noise(150_000, "now"));
  using folder = tapes();
  await record(folder, "joke", old.url);
  vi.stubEnv("RECORD", "1");
  await expect(
    folder.play("joke", {}, async () => {
      await read(now.url);
      throw new Error("The test failed.");
    }),
  ).rejects.toThrow("The test failed.");
  vi.stubEnv("RECORD", "");
  expect(filesIn(folder.dir).map((file) => file.replace(/[0-9a-f]{16}/, "hash"))).toEqual([
    "joke.bodies/hash.gz",
    "joke.bodies/hash.gz",
    "joke.failed.yaml",
    "joke.yaml",
  ]);
  expect(Buffer.concat(folder.interactions("joke.failed")[0]!.response.chunks)).toEqual(
    noise(150_000, "now"),
  );
  await record(folder, "joke", old.url);
  expect(filesIn(folder.dir).map((file) => file.replace(/[0-9a-f]{16}/, "hash"))).toEqual([
    "joke.bodies/hash.gz",
    "joke.yaml",
  ]);
});

test("a secret in a body refuses the whole cassette, and leaves nothing on the disk", async () => {
  const secret = "opaque-value-0001";
  vi.stubEnv("APP_TOKEN", secret);
  const body = Buffer.concat([noise(100_000), Buffer.from(secret), noise(100_000)]);
  await using server = await serve((_, response) => response.end(body));
  using folder = tapes();
  const error = await record(folder, "joke", server.url).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "CASSETTE_SECRET_FOUND" });
  expect(String(error)).not.toContain(secret);
  expect(filesIn(folder.dir)).toEqual([]);
});

test.each([
  ["missing", (path: string) => rmSync(path), "CASSETTE_BODY_MISSING", "it does not exist"],
  ["empty", (path: string) => writeFileSync(path, ""), "CASSETTE_BODY_CHANGED", "it is not whole gzip"],
  [
    "cut",
    (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 70_000)),
    "CASSETTE_BODY_CHANGED",
    "it is not whole gzip",
  ],
  [
    "not compressed",
    (path: string) => writeFileSync(path, SPEECH),
    "CASSETTE_BODY_CHANGED",
    "it is not whole gzip",
  ],
  [
    "another body of the same length",
    (path: string) => writeFileSync(path, gzipSync(noise(150_000, "other"))),
    "CASSETTE_BODY_CHANGED",
    "its content has another SHA-256",
  ],
  [
    "a bomb",
    (path: string) => writeFileSync(path, gzipSync(Buffer.alloc(50_000_000))),
    "CASSETTE_BODY_CHANGED",
    "it does not hold 150000 bytes",
  ],
])("a file that is %s fails the test, and the client gets no part of it", async (_, damage, code, why) => {
  await using server = await speech();
  using folder = tapes();
  await record(folder, "joke", server.url);
  damage(join(folder.dir, bodiesOf(folder)[0] as string));
  let status = 0;
  const play = folder.play("joke", {}, async () => {
    const response = await fetch(server.url, { method: "POST", body: "{}" });
    status = response.status;
    await response.text();
  });
  await expect(play).rejects.toMatchObject({ code, message: expect.stringContaining(why) });
  expect(status).toBe(400);
});

test("a size that is not that of the body is an error", async () => {
  await using server = await speech();
  using folder = tapes();
  await record(folder, "joke", server.url);
  const text = folder.read("joke").replace(/ +cuts: \[[^\]]*\]\n/, "");
  folder.write("joke", text.replace("bytes: 150000", "bytes: 150001"));
  const play = folder.play("joke", {}, () => read(server.url));
  await expect(play).rejects.toMatchObject({ code: "CASSETTE_BODY_CHANGED" });
});

test.each([
  ["../joke.bodies/0123456789abcdef.gz", "expected a file in a folder beside the cassette"],
  ["/etc.bodies/0123456789abcdef.gz", "expected a file in a folder beside the cassette"],
  ["..\\\\joke.bodies/0123456789abcdef.gz", "expected a file in a folder beside the cassette"],
  ["joke.bodies/passwd", "expected a file in a folder beside the cassette"],
])("a cassette that refers to %s is refused", async (name, why) => {
  await using server = await speech();
  using folder = tapes();
  await record(folder, "joke", server.url);
  folder.write("joke", folder.read("joke").replace(/name: joke\.bodies.*/, `name: "${name}"`));
  const play = folder.play("joke", {}, () => read(server.url));
  await expect(play).rejects.toMatchObject({
    code: "CASSETTE_TAPE_INVALID",
    message: expect.stringContaining(why),
  });
});
