import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import * as matchers from "../../src/matchers.ts";
import { testCassette } from "../contract/support/taping.ts";
import { CLIENTS } from "../support/clients/index.ts";

expect.extend(matchers);

let server: http.Server;
let port: number;
beforeAll(async () => {
  server = http.createServer((_, response) => response.end("hi"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

const shown = (text: string): string => text.replaceAll(String(port), "<port>").replaceAll(/ at .*/g, "");

let printed: MockInstance<typeof console.warn>;
const warnings = (): string => shown(printed.mock.calls.map(String).join("\n"));
beforeEach(() => {
  printed = vi.spyOn(console, "warn").mockReturnValue(undefined);
});
afterEach(() => printed.mockRestore());

async function failureOf(work: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  return work.then(
    () => {
      throw new Error("Nothing failed.");
    },
    (error: Error) => error,
  );
}

test.for(CLIENTS)("$name: a bypassed request is counted once", async (client) => {
  using cassette = testCassette({ ignore: [/telemetry/] });
  await cassette.play(async (handle) => {
    for (const path of ["/api/chat?key=1", "/api/chat?key=2", "/telemetry"]) {
      const { chunks } = await client.send({ url: `http://127.0.0.1:${port}${path}`, body: "x" });
      expect(Buffer.concat(chunks).toString()).toBe("hi");
    }
    expect(handle.bypassed).toEqual([
      { url: `http://127.0.0.1:${port}/api/chat`, count: 2, reason: "loopback" },
      { url: `http://127.0.0.1:${port}/telemetry`, count: 1, reason: "ignored" },
    ]);
  });
});

test("a bypassed HTTP/2 request is counted", async () => {
  using cassette = testCassette();
  const h2 = http2.createServer((_, response) => response.end("hi"));
  await new Promise<void>((resolve) => h2.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(h2.address() as AddressInfo).port}`;
  await cassette.play(async (handle) => {
    const session = http2.connect(url);
    let text = "";
    for await (const part of session.request({ ":path": "/api/chat" })) text += String(part);
    session.close();
    expect(text).toBe("hi");
    expect(handle.bypassed).toEqual([{ url: `${url}/api/chat`, count: 1, reason: "loopback" }]);
  });
  h2.close();
});

test("a recorded or played request is not bypassed", async () => {
  using cassette = testCassette({ include: [`http://127.0.0.1:${port}`] });
  const send = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}/api/chat`)).text();
  for (const run of [cassette.record, cassette.play]) {
    await run(async (handle) => {
      await send();
      expect(handle.bypassed).toEqual([]);
    });
  }
  expect(warnings()).toBe("");
});

test("a recording that records nothing says what it let through", async () => {
  using cassette = testCassette({ ignore: [/telemetry/] });
  await cassette.record(async () => {
    for (const path of ["/api/chat", "/api/chat", "/telemetry"]) {
      await fetch(`http://127.0.0.1:${port}${path}`);
    }
  });
  expect(warnings()).toMatchInlineSnapshot(`
    "[vitest-cassette] No request was recorded.
    2 requests to http://127.0.0.1:<port>/api/chat were not recorded: unrecognized loopback traffic. Name it in \`include\`.
    1 request to http://127.0.0.1:<port>/telemetry was not recorded: \`ignore\` names it. Remove it from \`ignore\`."
  `);
});

test("a cassette without streams says what it let through, as a stream and to a matcher", async () => {
  using cassette = testCassette();
  await cassette.play(async (handle) => {
    await fetch(`http://127.0.0.1:${port}/api/chat`);
    const reasons: string[] = [];
    for (const use of [() => handle.stream(), () => expect(handle).toHaveTerminated()]) {
      try {
        use();
      } catch (error) {
        reasons.push(shown((error as Error).message));
      }
    }
    expect(reasons.join("\n---\n")).toMatchSnapshot();
  });
});

test.for(CLIENTS)(
  "$name: a failed replay names a refused request that was never recorded",
  async (client) => {
    using cassette = testCassette();
    const gone = http.createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const { port: closed } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const ask = async (): Promise<void> => {
      const { error } = await client.send({ url: `http://127.0.0.1:${closed}/api/chat?key=1`, body: "x" });
      if (error !== undefined) throw new Error("The app is not there.");
    };
    const error = await failureOf(cassette.play(ask));
    expect(error.message).toBe("The app is not there.");
    expect(error.cause).toMatchObject({ code: "CASSETTE_NOT_LISTENING" });
    expect((error.cause as Error).message.replaceAll(String(closed), "<port>")).toBe(
      "Failed to reach http://127.0.0.1:<port>/api/chat: nothing listens there, and this request was never recorded: " +
        "unrecognized loopback traffic. Name it in `include`. Then record it: RECORD=1, with the command that you ran",
    );
    // A test that passes expects it.
    await cassette.play(() => ask().catch(() => undefined));
    // While recording, there is nothing to add.
    expect((await failureOf(cassette.record(ask))).cause).toBeUndefined();
  },
);
