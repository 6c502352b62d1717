import { createCipheriv, createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface SpeechServer extends AsyncDisposable {
  readonly url: string;
}

/** A server whose answer to everything is this. */
export async function serve(answer: RequestListener): Promise<SpeechServer> {
  const server = createServer((request, response) => {
    request.resume();
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/audio/speech`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Bytes that are no text, that cannot be compressed, and that are the same in every run. */
export function noise(length: number, seed = "seed"): Buffer {
  const key = createHash("sha256").update(seed).digest().subarray(0, 16);
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** What tests compare instead of megabytes, for which `toEqual` takes seconds. */
export function digest(...chunks: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return `${chunks.reduce((sum, { length }) => sum + length, 0)} bytes, ${hash.digest("hex").slice(0, 16)}`;
}

/** All files below a folder, sorted, with `/`. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}
