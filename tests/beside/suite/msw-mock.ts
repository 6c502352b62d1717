import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import type { Mock } from "./mock.ts";
import { parts } from "./parts.ts";

const server = setupServer(
  http.get("*://mocked.example/json", () => HttpResponse.json({ from: "mock" })),
  http.get("*://mocked.example/stream", () => new HttpResponse(parts())),
  http.post("*://mocked.example/echo", async ({ request }) => HttpResponse.text(await request.text())),
);

// msw 2 and msw 3 have different names for it.
const bypass = { onUnhandledRequest: "bypass", onUnhandledFrame: "bypass" } as const;

export const mock: Mock = {
  on: () => server.listen(bypass),
  off: () => server.close(),
};
