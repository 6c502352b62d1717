/**
 * Measures the memory that recording a body of 200 MB takes over a bare fetch of the same, and the time to record and write
 * 45 MB. Each case runs in its own process.
 *
 *     node bench/memory.ts
 */
import { spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

const MB = 1_000_000;
const PIECE = 64 * 1024;

/** What the server sends, by path. */
const BODIES: Readonly<Record<string, { readonly type: string; readonly piece: () => Uint8Array }>> = {
  bytes: { type: "application/octet-stream", piece: () => randomFillSync(new Uint8Array(PIECE)) },
  events: {
    type: "text/event-stream",
    piece: () =>
      Buffer.from('data: {"id":"c","choices":[{"index":0,"delta":{"content":" word"}}]}\n\n'.repeat(900)),
  },
};

async function serve(): Promise<http.Server> {
  const server = http.createServer(async (request, response) => {
    request.resume();
    const [, kind = "", megabytes = "0"] = (request.url ?? "").split("?")[1]?.split("-") ?? [];
    const { type, piece } = BODIES[kind] as (typeof BODIES)[string];
    response.writeHead(200, { "content-type": type });
    for (let left = Number(megabytes) * MB; left > 0; left -= PIECE) {
      if (!response.write(piece().subarray(0, left))) await once(response, "drain");
    }
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Runs in a process of its own: reads the body, recording it or not, and prints what that took. */
async function measure(url: string, records: boolean): Promise<void> {
  const { openCassette } = await import("../src/core.ts");
  const dir = mkdtempSync(join(tmpdir(), "cassette-memory-"));
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 5);
  const cassette = records ? openCassette("large", { dir, maxBytes: 300 * MB }) : undefined;
  const before = process.cpuUsage();
  const start = performance.now();
  const response = await fetch(url, { method: "POST", body: "{}" });
  for await (const _ of response.body as unknown as AsyncIterable<Uint8Array>) look();
  await cassette?.eject();
  look();
  clearInterval(timer);
  const { user, system } = process.cpuUsage(before);
  rmSync(dir, { recursive: true });
  console.log(JSON.stringify({ peak, cpu: (user + system) / 1e6, time: (performance.now() - start) / 1000 }));
  process.exit();
}

interface Figures {
  readonly peak: number;
  readonly cpu: number;
  readonly time: number;
}

async function inProcess(url: string, records: boolean): Promise<Figures> {
  const child = spawn(process.execPath, [import.meta.filename, url, String(records)], {
    env: { ...process.env, CI: "", RECORD: records ? "1" : "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (data: Buffer) => {
    text += data;
  });
  await once(child, "close");
  return JSON.parse(text) as Figures;
}

const [, , url, records] = process.argv;
/** What is sent, and how many megabytes of it. */
const CASES = [
  ["bytes", 200],
  ["bytes", 45],
  ["events", 200],
] as const;
if (url !== undefined) await measure(url, records === "true");
const server = await serve();
const { port } = server.address() as AddressInfo;
for (const [kind, megabytes] of CASES) {
  const each = `http://127.0.0.1:${port}/v1/audio/speech?-${kind}-${megabytes}`;
  const bare = await inProcess(each, false);
  const recorded = await inProcess(each, true);
  const more = Math.round((recorded.peak - bare.peak) / MB);
  console.log(
    `${megabytes} MB of ${kind}: ${more} MB more memory, ${(recorded.cpu - bare.cpu).toFixed(1)} s more CPU ` +
      `(bare ${bare.cpu.toFixed(1)} s, ${Math.round(bare.peak / MB)} MB)`,
  );
}
server.close();
