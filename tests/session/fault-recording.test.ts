import { afterEach, expect, test, vi } from "vitest";
import { startProviderServer } from "../support/provider-server/index.ts";
import { tapes } from "./support.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test("while recording no fault is put in, and a warning says so, once", async () => {
  await using server = await startProviderServer();
  using folder = tapes();
  vi.stubEnv("RECORD", "1");
  vi.stubEnv("CI", "");
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const body = JSON.stringify({
    model: "gpt-5-mini",
    stream: true,
    messages: [{ role: "user", content: "Why?" }],
  });
  const headers = { "content-type": "application/json" };
  const ask = async (): Promise<string> =>
    (await fetch(`${server.url}/v1/chat/completions`, { method: "POST", headers, body })).text();
  await folder.play("chat", { fault: { after: { events: 1 }, kind: "cut" } }, async () => {
    expect(await ask()).toContain("[DONE]");
    expect(await ask()).toContain("[DONE]");
  });
  expect(warn.mock.calls.map(([text]) => text)).toMatchInlineSnapshot(`
    [
      "[vitest-cassette] No fault was put into an answer that cassette "chat" recorded: faults are put into what is played. Record the tape with a test that has no fault, under the name that this one gives it.",
    ]
  `);
  vi.stubEnv("RECORD", "");
  await folder.play(
    "chat",
    { unplayed: "ignore", fault: { after: { events: 1 }, kind: "cut" } },
    async () => {
      expect(await ask()).not.toContain("[DONE]");
    },
  );
});
