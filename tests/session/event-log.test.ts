import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readLogLine } from "../../src/events/log/log-line.ts";
import { eventOutputs } from "../../src/events/outputs.ts";
import { traceStream } from "../../src/index.ts";
import { createWorkspace } from "../cli/command.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { tapes } from "./support.ts";

let provider: ProviderServer;
let app: Server;
/** What the handler of the application does with the pieces of the model. */
let handle: (pieces: AsyncIterable<Uint8Array>, response: ServerResponse) => Promise<void>;
let url: string;

beforeAll(async () => {
  provider = await startProviderServer();
  app = createServer((_, response) => {
    void (async () => {
      const answer = await fetch(`${provider.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          model: "gpt-5-mini",
          stream: true,
          messages: [{ role: "user", content: "Hi" }],
        }),
      });
      response.writeHead(200, { "content-type": "text/event-stream" });
      await handle(traceStream(answer.body as AsyncIterable<Uint8Array>), traceStream(response));
      response.end();
    })();
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(app.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await provider.close();
  app.close();
});

/** Runs the application in a cassette, and returns the log. */
async function logOf(): Promise<string> {
  using folder = tapes();
  const written: string[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  vi.stubEnv("DEBUG", "express:*, vitest-cassette");
  vi.stubEnv("RECORD", "1");
  try {
    await folder.play("chat", {}, () => fetch(url).then((response) => response.text()));
  } finally {
    vi.unstubAllEnvs();
    write.mockRestore();
  }
  return written.join("");
}

test("the log has a line for each event, which can be read back", async () => {
  handle = async (pieces, response) => {
    for await (const piece of pieces) response.write(piece);
  };
  const lines = (await logOf()).trim().split("\n");
  const types = lines.map((line) => line.split(" ")[2]);
  expect(types[0]).toBe("SESSION_START");
  expect(types.at(-1)).toBe("SESSION_END");
  expect(new Set(types)).toEqual(
    new Set([
      "SESSION_START",
      "BYPASS",
      "LLM_CALL",
      "CHUNK",
      "EMIT",
      "SOCKET_WRITE",
      "LLM_RESULT",
      "SESSION_END",
    ]),
  );
  const read = lines.map((line) => readLogLine(line));
  expect(read.every((line) => line !== undefined)).toBe(true);
  expect(read.find((line) => line?.type === "llm_call")?.fields).toMatchObject({
    model: "gpt-5-mini",
    prompt: "Hi",
  });
  const [emitted, sent] = ["emit", "socket_write"].map((side) => read.filter((line) => line?.type === side));
  expect(emitted?.length).toBeGreaterThan(5);
  expect(sent?.map((line) => line?.fields.sha1)).toEqual(emitted?.map((line) => line?.fields.sha1));
  expect(emitted?.at(-1)?.fields).toMatchObject({ done: "true", bytes: "0" });
});

test("a piece that the handler writes twice is found between EMIT and SOCKET_WRITE", async () => {
  handle = async (pieces, response) => {
    let count = 0;
    for await (const piece of pieces) {
      response.write(piece);
      if (++count === 4) response.write(piece);
    }
  };
  using workspace = createWorkspace({ "run.log": await logOf() });
  const { code, out } = await workspace.run("wire run.log");
  expect(code).toBe(1);
  expect(out).toMatch(/duplicate: SOCKET_WRITE \d+ repeats itself: piece 4 is the same as piece 3\./);
  expect(out).toContain("It begins between EMIT, which does not do it, and SOCKET_WRITE.");
});

test("a stream that starts over in the code is found on both sides, and comes from EMIT", async () => {
  handle = async (pieces, response) => {
    const all: Uint8Array[] = [];
    for await (const piece of pieces) all.push(piece);
    const twice = async function* (): AsyncGenerator<Uint8Array> {
      yield* all.slice(0, 5);
      yield* all;
    };
    for await (const piece of traceStream(twice())) response.write(piece);
  };
  using workspace = createWorkspace({ "run.log": await logOf() });
  const { out } = await workspace.run("wire run.log");
  expect(out).toMatch(
    /restart: EMIT \d+ starts over at piece 5: 5 pieces are the same as those at its beginning\. It begins/,
  );
  expect(out).toMatch(
    /restart: SOCKET_WRITE \d+ starts over at piece 5.* It comes from EMIT, which does the same\./,
  );
});

test("a pause is reported with the side that has it first", async () => {
  handle = async (pieces, response) => {
    let count = 0;
    for await (const piece of pieces) {
      if (++count === 3) await new Promise((resolve) => setTimeout(resolve, 60));
      response.write(piece);
    }
  };
  using workspace = createWorkspace({ "run.log": await logOf() });
  const { out } = await workspace.run("wire run.log --gap 50");
  expect(out).toMatch(/gap: SOCKET_WRITE \d+ pauses for \d+ ms before piece 2\./);
});

test("the log ends when nobody asks for it any more", async () => {
  await logOf();
  expect(eventOutputs().size).toBe(1);
  using folder = tapes();
  vi.stubEnv("DEBUG", "express:*");
  vi.stubEnv("RECORD", "1");
  await folder.play("chat", {}, () => undefined).finally(() => vi.unstubAllEnvs());
  expect(eventOutputs().size).toBe(0);
});
