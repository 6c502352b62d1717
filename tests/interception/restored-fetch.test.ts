import { HttpResponse, http } from "msw-2";
import { setupServer } from "msw-2/node";
import { expect, test, vi } from "vitest";
import { testCassette } from "../contract/support/taping.ts";

const own = globalThis.fetch;
const attributes = Object.getOwnPropertyDescriptor(globalThis, "fetch");

test("the real fetch is back after a cassette that msw 2 outlived", async () => {
  using cassette = testCassette();
  const server = setupServer(http.get("http://msw.example/", () => HttpResponse.text("from msw")));
  await cassette.play(async () => {
    server.listen({ onUnhandledRequest: "bypass" });
    expect(await (await fetch("http://msw.example/")).text()).toBe("from msw");
  });
  expect(await (await fetch("http://msw.example/")).text()).toBe("from msw");
  server.close();
  expect(fetch).toBe(own);
  expect(Object.getOwnPropertyDescriptor(globalThis, "fetch")).toEqual(attributes);
});

test("the real fetch is back after a cassette that a spy outlived", async () => {
  using cassette = testCassette();
  const spy = await cassette.play(() => vi.spyOn(globalThis, "fetch"));
  spy.mockRestore();
  expect(fetch).toBe(own);
  expect(Object.getOwnPropertyDescriptor(globalThis, "fetch")).toEqual(attributes);
});

test("a fetch that is assigned while a cassette is open stays", async () => {
  using cassette = testCassette();
  const stub = async (): Promise<Response> => new Response("from the stub");
  await cassette.play(async () => {
    globalThis.fetch = stub;
    expect(await (await fetch("http://api.example/")).text()).toBe("from the stub");
  });
  expect(fetch).toBe(stub);
  globalThis.fetch = own;
});
