import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { Interaction } from "../../src/cassette/model.ts";
import { tapes } from "./support.ts";

afterEach(() => void vi.unstubAllEnvs());

test("a recording in progress shows what its tape will hold", async () => {
  const key = `sk-proj-${"abcDEF123456".repeat(4)}T3BlbkFJ${"abcDEF123456".repeat(4)}`;
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of ["The key is ", key.slice(0, 30), key.slice(30)]) {
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
    }
    response.end("data: [DONE]\n\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
  vi.stubEnv("CI", "");
  vi.stubEnv("RECORD", "1");
  using folder = tapes();
  const seen = await folder.play("leak", {}, async (cassette) => {
    expect(await (await fetch(url, { method: "POST", body: "{}" })).text()).toContain(key.slice(0, 30));
    expect(cassette.stream()).toBe(cassette.streams[0]);
    return { text: cassette.stream().text, interactions: cassette.interactions };
  });
  server.close();
  expect(seen.text).toBe("The key is <redacted:openai-key>");
  expect(folder.read("leak")).not.toContain(key.slice(0, 30));
  const bytesOf = ([interaction]: readonly Interaction[]): readonly string[] =>
    (interaction?.response.chunks ?? []).map((chunk) => Buffer.from(chunk).toString());
  expect(bytesOf(seen.interactions)).toEqual(bytesOf(folder.interactions("leak")));
});

test("a key that the test sets after its cassette was opened is not written", async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ output: "the token is opaque-value-0001" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
  vi.stubEnv("CI", "");
  vi.stubEnv("RECORD", "1");
  using folder = tapes();
  await folder.play("late", {}, async () => {
    vi.stubEnv("LATE_SERVICE_TOKEN", "opaque-value-0001");
    await (await fetch(url, { method: "POST", body: "{}" })).text();
  });
  server.close();
  expect(folder.read("late")).toContain("the token is <redacted:late-service-token>");
  expect(folder.read("late")).not.toContain("opaque-value-0001");
});

test("a tape with a secret in an encoding is refused, and the old one stays", async () => {
  const secret = "opaque-value-0001";
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ file: Buffer.from(`TOKEN=${secret}`).toString("base64") }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
  vi.stubEnv("CI", "");
  vi.stubEnv("APP_TOKEN", secret);
  vi.stubEnv("RECORD", "1");
  using folder = tapes();
  folder.write("encoded", "cassette: 1\ninteractions: []\n");
  const ask = async (): Promise<string> => (await fetch(url, { method: "POST", body: "{}" })).text();
  const error = await folder.play("encoded", {}, ask).catch((thrown: Error) => thrown);
  expect(String(error)).toContain("app-token in interactions[0].response.body.file (within base64)");
  expect(String(error)).not.toContain(secret);
  expect(folder.read("encoded")).toBe("cassette: 1\ninteractions: []\n");
  await folder.play("encoded", { redact: { fields: ["file"] } }, ask);
  expect(folder.read("encoded")).toContain('file: "<redacted:file>"');
  server.close();
});

test("a secret in a host name prevents neither recording nor replay", async () => {
  vi.stubEnv("CI", "");
  vi.stubEnv("TUNNEL_TOKEN", "opaque-12345");
  vi.stubEnv("RECORD", "1");
  using folder = tapes();
  const ask = (): Promise<string> =>
    fetch("https://opaque-12345.invalid/v1?a=1").then(
      () => "answered",
      ({ cause }: Error) => String(cause),
    );
  const failure = await folder.play("host", {}, ask);
  expect(folder.read("host")).toContain("url: https://<redacted:tunnel-token>.invalid/v1?a=1");
  expect(folder.read("host")).not.toContain("opaque");
  vi.stubEnv("RECORD", "");
  const replayed = await folder.play("host", {}, ask);
  expect(replayed).toBe(failure.replaceAll("opaque-12345", "<redacted:tunnel-token>"));
});

test("a message about a broken tape has none of its secrets", async () => {
  vi.stubEnv("APP_TOKEN", "opaque-value-0001");
  using folder = tapes();
  folder.write("broken", 'cassette: 1\ninteractions:\n  - { "opaque-value-0001": "opaque-value-0001" }\n');
  const message = await folder.play("broken", {}, () => "").catch((error: Error) => error.message);
  expect(message).toContain('3 |   - { "<redacted:app-token>": "<redacted:app-token>" }');
  expect(message).not.toContain("opaque");
});

test("a request whose secrets cannot be removed is an error of the test and not recorded, and its client gets the response", async () => {
  const server = createServer((request, response) => void response.end(`answer to ${request.url}`));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv("CI", "");
  vi.stubEnv("RECORD", "1");
  using folder = tapes();
  const answers: string[] = [];
  const replace = (text: string): string => {
    if (text.includes("broken")) throw new Error("replace does not know this");
    return text;
  };
  const ask = async (content: object): Promise<void> => {
    const body = JSON.stringify(content);
    answers.push(await (await fetch(`${origin}/v1`, { method: "POST", body })).text());
  };
  const options = { include: [origin], redact: { replace } };
  const error = await folder
    .play("t", options, async (cassette) => {
      await Promise.all([ask({ text: "broken" }), ask({ text: "fine" })]);
      await vi.waitFor(() => expect(cassette.interactions).toHaveLength(1));
      const [recorded] = cassette.interactions;
      expect(Buffer.from(recorded?.request.body ?? []).toString()).toBe('{"text":"fine"}');
    })
    .catch((thrown: Error) => thrown);
  expect(answers).toEqual(["answer to /v1", "answer to /v1"]);
  expect(String(error)).toContain("replace does not know this");
  // What can be written is not lost.
  expect(folder.read("t")).toContain("fine");
  expect(folder.read("t")).not.toContain("broken");
  server.close();
});
