import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import type { Exchange, ExchangeResponse } from "../../src/interception/exchange.ts";
import { latestCopy } from "../../src/interception/interceptor-copies.ts";
import { Recorder } from "../../src/session/recorder.ts";
import { redactorOf } from "../redaction/support.ts";
import { tapes } from "./support.ts";

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("the clock of a recording starts when all is loaded, and not when the client asked", async () => {
  const events: string[] = [];
  const begin = vi.fn((sentAt: number) => {
    events.push("clock starts");
    return sentAt;
  });
  const recorder = new Recorder({
    maxBytes: 1000,
    redactor: redactorOf(),
    beginBody: () => expect.fail("no body is that large"),
    onError: (error) => expect.fail(error.message),
    timeline: { host: { tape: { begin } }, add: () => undefined, last: undefined, parent: undefined },
    prepare: async () => {
      await delay(50);
      events.push("loaded");
    },
  });
  const sentAt = performance.now();
  const exchange = {
    sentAt,
    signal: new AbortController().signal,
    send: async (): Promise<ExchangeResponse> => {
      events.push("sent");
      return { status: 204, statusText: "", headers: [], body: undefined, decoded: false };
    },
  } as unknown as Exchange;
  await recorder.record(exchange, () => ({ method: "GET", url: "https://a.example/", headers: [] }));
  expect(events).toEqual(["loaded", "clock starts", "sent"]);
  expect(begin.mock.calls[0]![0]).toBeGreaterThan(sentAt + 40);
  await recorder.settle();
  expect(recorder.finished.map((recording) => recording.entry().at)).toEqual([0]);
});

test("the interceptors are loaded before the first request that is recorded is on its way", async () => {
  await using server = createServer((_, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const states: string[] = [];
  // Subscribed first, so it is called before anything that waits for a client to connect.
  const onCreate = (): void => void states.push(stateOfInterceptors());
  subscribe("undici:request:create", onCreate);
  try {
    using folder = tapes();
    await folder.play("t", { mode: "hybrid" }, async () => {
      states.push(stateOfInterceptors());
      await fetch(`http://127.0.0.1:${port}/v1/messages`, { method: "POST" }).then((each) => each.text());
    });
  } finally {
    unsubscribe("undici:request:create", onCreate);
  }
  expect(states).toEqual(["not loaded", "ACTIVE"]);
});

function stateOfInterceptors(): string {
  try {
    return latestCopy().requests.readyState;
  } catch {
    // Thrown while there is no copy.
    return "not loaded";
  }
}
