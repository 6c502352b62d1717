import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { SCENARIOS } from "./index.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

describe.for(SCENARIOS)("$name", (scenario) => {
  test("yields text, tool calls and the answer after them", async () => {
    const before = server.requests.length;
    const told = JSON.stringify(await scenario.run(server.url));
    expect(told).toContain("日本語");
    expect(told).toContain("Lyon ☀️");
    expect(told).toContain("voilà, 完了");
    const requests = server.requests.slice(before);
    expect(requests.length).toBeGreaterThan(4);
    await vi.waitFor(() => expect(requests.filter(({ outcome }) => outcome === "open")).toEqual([]));
  });

  test("yields the same in a second run, as plain JSON", async () => {
    const first = await scenario.run(server.url);
    const second = await scenario.run(server.url);
    expect(second).toStrictEqual(first);
    expect(JSON.parse(JSON.stringify(first))).toStrictEqual(first);
  });

  test("sends the same requests in a second run", async () => {
    const sent = async (): Promise<string[]> => {
      const before = server.requests.length;
      await scenario.run(server.url);
      return server.requests
        .slice(before)
        .map(({ method, url, body }) => `${method} ${url} ${Buffer.from(body).toString()}`);
    };
    expect(await sent()).toEqual(await sent());
  });
});
