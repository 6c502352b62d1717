/** The loopback server, in a process of its own: it prints its origin, and ends with its standard input. */
import { randomBytes } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type ChatRequest, chatAnswer } from "./chat.ts";

const MEGABYTE = randomBytes(2 ** 20);

const server = createServer(async (request, response) => {
  const bytes: Buffer[] = [];
  for await (const chunk of request) bytes.push(chunk);
  const size = new URL(request.url ?? "/", "http://localhost").searchParams.get("megabytes");
  if (size !== null) return sendBinary(response, Number(size));
  const asked = JSON.parse(Buffer.concat(bytes).toString()) as ChatRequest;
  response.setHeader("content-type", asked.stream ? "text/event-stream; charset=utf-8" : "application/json");
  response.flushHeaders();
  for (const [index, chunk] of chatAnswer(asked).entries()) {
    // One turn of the timer for each, or the client would read several at once.
    if (index > 0) await sleep(1);
    response.write(chunk);
  }
  response.end();
});

async function sendBinary(response: ServerResponse, megabytes: number): Promise<void> {
  response.setHeader("content-type", "application/octet-stream");
  for (let sent = 0; sent < megabytes; sent++) {
    if (!response.write(MEGABYTE)) await new Promise((resolve) => response.once("drain", resolve));
  }
  response.end();
}

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
process.stdin.resume().on("end", () => process.exit());
