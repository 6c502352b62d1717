import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BodyFile } from "../../src/storage/body-file.ts";
import { type Tapes, tapes } from "../session/support.ts";
import { digest, filesIn, noise, serve } from "./support.ts";

const MIB = 1024 * 1024;
/** The head of a block of 16 MiB that is stored as it is. */
const BROTLI = Buffer.from("c7f5a4bd", "hex");
const LARGE = { maxBytes: 100 * MIB };

beforeEach(() => {
  vi.stubEnv("CI", "");
  vi.stubEnv("RECORD", "1");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const ask = (url: string, signal?: AbortSignal): Promise<Response> =>
  fetch(url, { method: "POST", body: "{}", ...(signal && { signal }) });

async function read(url: string): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  const { body } = await ask(url);
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  return chunks;
}

const temporary = (folder: Tapes): readonly string[] =>
  filesIn(folder.dir).filter((file) => /^\.joke\.bodies\.\d+-[0-9a-f]{12}\.tmp$/.test(file));
const bodyIn = (folder: Tapes): Buffer => {
  const [file] = filesIn(folder.dir).filter((each) => each.endsWith(".gz"));
  return gunzipSync(readFileSync(join(folder.dir, file as string)));
};

test("a large body is written while it arrives, and plays in its chunks", async () => {
  const body = noise(6 * MIB);
  let rest: (() => void) | undefined;
  await using server = await serve((_, response) => {
    response.write(body.subarray(0, 5 * MIB));
    rest = () => response.end(body.subarray(5 * MIB));
  });
  using folder = tapes();
  const live = await folder.play("joke", LARGE, async (cassette) => {
    const { body: stream } = await ask(server.url);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
      chunks.push(Buffer.from(chunk));
      bytes += chunk.length;
      if (bytes !== 5 * MIB) continue;
      expect(filesIn(folder.dir)).toEqual(temporary(folder));
      expect(temporary(folder)).toHaveLength(1);
      expect(cassette.interactions).toEqual([]);
      rest?.();
    }
    // Nobody has to wait for the file until its name is known.
    expect(digest(...cassette.interactions[0]!.response.chunks)).toEqual(digest(body));
    return chunks;
  });
  expect(filesIn(folder.dir)).toEqual([expect.stringMatching(/^joke\.bodies\//), "joke.yaml"]);
  expect(digest(bodyIn(folder))).toBe(digest(body));
  vi.stubEnv("RECORD", "");
  const played = await folder.play("joke", {}, () => read(server.url));
  expect(played.map((chunk) => digest(chunk))).toEqual(live.map((chunk) => digest(chunk)));
});

test("bytes that begin like Brotli, and are not, are not all held in memory", async () => {
  const body = Buffer.concat([BROTLI, noise(18 * MIB)]);
  await using server = await serve((_, response) => response.end(body));
  using folder = tapes();
  await folder.play("joke", LARGE, async () => {
    const { body: stream } = await ask(server.url);
    let bytes = 0;
    for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes < 17 * MIB) expect(temporary(folder)).toHaveLength(0);
    }
    expect(temporary(folder)).toHaveLength(1);
  });
  expect(digest(bodyIn(folder))).toBe(digest(body));
});

test("a client that aborts in the middle leaves what it has read", async () => {
  const body = noise(6 * MIB);
  await using server = await serve((_, response) => void response.write(body));
  using folder = tapes();
  await folder.play("joke", LARGE, async () => {
    const abort = new AbortController();
    const response = await ask(server.url, abort.signal);
    let bytes = 0;
    await expect(async () => {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        if (bytes === body.length) abort.abort();
      }
    }).rejects.toThrow();
  });
  expect(folder.read("joke")).toContain("end: aborted");
  expect(digest(bodyIn(folder))).toBe(digest(body));
  expect(temporary(folder)).toEqual([]);
});

test("a server that cuts the connection leaves what has arrived", async () => {
  const body = noise(6 * MIB);
  await using server = await serve((_, response) => {
    response.writeHead(200, { "content-length": 7 * MIB });
    response.write(body, () => setTimeout(() => response.destroy(), 100));
  });
  using folder = tapes();
  await folder.play("joke", LARGE, () => expect(read(server.url)).rejects.toThrow());
  expect(digest(bodyIn(folder))).toBe(digest(body));
  expect(folder.read("joke")).toMatch(/end: (?:truncated|reset)/);
});

test("more than maxBytes fails the test, and leaves a body that says that it is not whole", async () => {
  await using server = await serve((_, response) => response.end(noise(7 * MIB)));
  using folder = tapes();
  const play = folder.play("joke", { maxBytes: 6 * MIB }, () => read(server.url));
  await expect(play).rejects.toMatchObject({ code: "CASSETTE_BODY_TOO_LARGE" });
  expect(folder.read("joke")).toContain("CASSETTE_BODY_TOO_LARGE");
  expect(bodyIn(folder).length).toBeLessThanOrEqual(6 * MIB);
  expect(temporary(folder)).toEqual([]);
});

test("a secret in a body that is written while it arrives refuses the cassette, and nothing is left on the disk", async () => {
  const secret = "opaque-value-0001";
  vi.stubEnv("APP_TOKEN", secret);
  const body = Buffer.concat([noise(5 * MIB), Buffer.from(secret), noise(MIB)]);
  await using server = await serve((_, response) => response.end(body));
  using folder = tapes();
  let got = "";
  const error = await folder
    .play("joke", LARGE, async () => {
      got = digest(...(await read(server.url)));
      expect(temporary(folder)).toEqual([]);
    })
    .catch((thrown: unknown) => thrown);
  expect(got).toBe(digest(body));
  expect(error).toMatchObject({
    code: "CASSETTE_SECRET_FOUND",
    message: expect.stringContaining("joke.yaml  app-token in interactions[0].response.body"),
  });
  expect(String(error)).not.toContain(secret);
  expect(filesIn(folder.dir)).toEqual([]);
});

test("a key that is set after the body has arrived is searched for as well", async () => {
  const secret = "opaque-value-0001";
  const body = Buffer.concat([noise(5 * MIB), Buffer.from(secret), noise(MIB)]);
  await using server = await serve((_, response) => response.end(body));
  using folder = tapes();
  const play = folder.play("joke", LARGE, async () => {
    await read(server.url);
    vi.stubEnv("LATE_SERVICE_TOKEN", secret);
  });
  await expect(play).rejects.toMatchObject({ code: "CASSETTE_SECRET_FOUND" });
  expect(filesIn(folder.dir)).toEqual([]);
});

test("text of more than 16 MiB is written while it arrives, and played piece by piece once the file is checked", async () => {
  const lines = Buffer.alloc(
    16.5 * MIB,
    "some words, and then some more words, as in a book without an end\n",
  );
  await using server = await serve((_, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    response.end(lines);
  });
  using folder = tapes();
  const live = await folder.play("joke", LARGE, async () => {
    const chunks = await read(server.url);
    expect(temporary(folder)).toHaveLength(1);
    return chunks;
  });
  expect(digest(bodyIn(folder))).toBe(digest(lines));

  vi.stubEnv("RECORD", "");
  const whole = vi.spyOn(BodyFile.prototype, "read");
  await folder.play("joke", {}, async (cassette) => {
    const played = await read(server.url);
    expect(played.map(({ length }) => length)).toEqual(live.map(({ length }) => length));
    expect(digest(...played)).toBe(digest(lines));
    expect(cassette.stream().timing.duration).toBeGreaterThan(0);
    expect(cassette.stream().events).toEqual([]);
  });
  await folder.play("joke", {}, async () => {
    const reader = (await ask(server.url)).body?.getReader();
    expect(digest((await reader?.read())?.value ?? Buffer.alloc(0))).toBe(digest(live[0]!));
    await reader?.cancel();
  });
  expect(whole).not.toHaveBeenCalled();

  const path = join(folder.dir, filesIn(folder.dir)[0] as string);
  const packed = readFileSync(path);
  writeFileSync(path, packed.subarray(0, packed.length - 1000));
  let status = 0;
  const play = folder.play("joke", {}, async () => {
    status = (await ask(server.url)).status;
  });
  await expect(play).rejects.toMatchObject({ code: "CASSETTE_BODY_CHANGED" });
  expect(status).toBe(400);
});

test("a full disk fails the test with the reason, and the code under test gets its whole response", async (context) => {
  const body = noise(6 * MIB);
  await using server = await serve((_, response) => response.end(body));
  using folder = tapes();
  const run = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;
  if (!run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder.dir)) context.skip("needs a small disk");
  try {
    const play = folder.play("joke", LARGE, async () => {
      expect(digest(...(await read(server.url)))).toBe(digest(body));
    });
    await expect(play).rejects.toMatchObject({
      code: "CASSETTE_WRITE_FAILED",
      message: expect.stringContaining("the disk is full (ENOSPC)"),
    });
    expect(filesIn(folder.dir)).toEqual([]);
  } finally {
    run("umount", folder.dir);
  }
});

test("what a process leaves that is killed in the middle of a body is removed by the next recording", async () => {
  await using server = await serve((_, response) => void response.write(noise(5 * MIB)));
  await using whole = await serve((_, response) => response.end("short"));
  using folder = tapes();
  const child = spawn(process.execPath, [join(import.meta.dirname, "recorder.ts"), folder.dir, server.url], {
    env: { ...process.env, RECORD: "1", CI: "" },
    stdio: "inherit",
  });
  await expect.poll(() => temporary(folder), { timeout: 50_000 }).toHaveLength(1);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(filesIn(folder.dir)).toEqual(temporary(folder));
  await folder.play("joke", {}, () => read(whole.url));
  expect(filesIn(folder.dir)).toEqual(["joke.yaml"]);
});
