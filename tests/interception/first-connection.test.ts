import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { expect, test, vi } from "vitest";
import { writeTape } from "../contract/support/hand-written-tape.ts";
import { testCassette } from "../contract/support/taping.ts";

const url = "http://never-asked.test/v1/chat/completions";
const event = 'data: {"choices":[]}\n\n';

async function post(): Promise<string> {
  const [response] = (await once(http.request(url, { method: "POST" }).end(), "response")) as [
    http.IncomingMessage,
  ];
  return (await response.setEncoding("utf8").toArray()).join("");
}

/** Whether the interceptors have been applied in this process. */
function areApplied(): boolean {
  const registry = Reflect.get(globalThis, "__MSW_INTERCEPTORS_REGISTRY") as Map<symbol, unknown>;
  return registry.has(Symbol.for("node-http-request-source"));
}

test("a cassette that only plays fetch leaves the sockets alone, the first connection of another client opens them", async () => {
  using cassette = testCassette();
  writeTape(cassette.dir, { url, events: [event] });
  const { connect } = net.Socket.prototype;
  await cassette.play(async () => {
    expect(await (await fetch(url, { method: "POST" })).text()).toBe(event);
    expect(areApplied()).toBe(false);
  });
  await cassette.play(async () => {
    expect(await post()).toBe(event);
    expect(areApplied()).toBe(true);
  });
  expect(net.Socket.prototype.connect).toBe(connect);
});

test("a client is intercepted even if its agent was wrapped after the cassette opened", async () => {
  using cassette = testCassette();
  writeTape(cassette.dir, { url, events: [event] });
  await cassette.play(async () => {
    const addRequest = vi.spyOn(http.Agent.prototype as unknown as { addRequest(): void }, "addRequest");
    const connect = vi.spyOn(net.Socket.prototype, "connect");
    expect(await post()).toBe(event);
    expect(addRequest).toHaveBeenCalled();
    connect.mockRestore();
    addRequest.mockRestore();
  });
});
