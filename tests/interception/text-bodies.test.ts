import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { testCassette } from "../contract/support/taping.ts";

/** An init whose fields are getters of its class. */
class Init {
  get method(): string {
    return "PUT";
  }
  get body(): string {
    return "of a getter";
  }
}

const TEXT = "text/plain;charset=UTF-8";

test.each<[what: string, input: (url: string) => string | URL | Request, init: RequestInit, seen: string]>([
  ["text", String, { method: "post", body: "é\ud800" }, `POST ${TEXT} é\ufffd`],
  [
    "text of a type",
    String,
    { method: "POST", body: "{}", headers: { "Content-Type": "a/b" } },
    "POST a/b {}",
  ],
  ["text for a URL", (url) => new URL(url), { method: "PATCH", body: "a" }, `PATCH ${TEXT} a`],
  [
    "text for a Request",
    (url) => new Request(url, { method: "POST", body: "old" }),
    { body: "new" },
    `POST ${TEXT} new`,
  ],
  ["no text", String, { method: "POST", body: "" }, `POST ${TEXT} `],
  ["text in getters", String, new Init() as RequestInit, `PUT ${TEXT} of a getter`],
  [
    "a form",
    String,
    { method: "POST", body: new URLSearchParams({ a: "1" }) },
    "POST application/x-www-form-urlencoded;charset=UTF-8 a=1",
  ],
])(
  "%s is sent, recorded, replayed and shown to the user's functions as fetch has it",
  async (_, input, init, seen) => {
    const server = createServer(async (request, response) => {
      const body = (await request.setEncoding("utf8").toArray()).join("");
      response.end(`${request.method} ${request.headers["content-type"]} ${body}`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const shown: Promise<string>[] = [];
    const include = (request: Request): boolean => {
      shown.push(
        request
          .clone()
          .text()
          .then((text) => `${request.method} ${request.headers.get("content-type")} ${text}`),
      );
      return true;
    };
    using cassette = testCassette({ include: [include] });
    const ask = async (): Promise<string> => (await fetch(input(origin), init)).text();
    expect(await cassette.record(ask)).toBe(seen);
    const played = await cassette.play(async ({ requests }) => {
      const text = await ask();
      const [request] = requests;
      expect(new Headers(request?.headers as [string, string][]).get("content-type")).toBe(
        seen.split(" ")[1],
      );
      return text;
    });
    expect(played).toBe(seen);
    expect(new Set(await Promise.all(shown))).toEqual(new Set([seen]));
    server.close();
  },
);

test("a GET with a text is refused as fetch refuses it", async () => {
  using cassette = testCassette();
  await cassette.record(async () => {
    const url = "http://127.0.0.1:9/v1/chat/completions";
    for (const method of ["GET", "head", undefined]) {
      const init = { body: "a", ...(method && { method }) };
      await expect(fetch(url, init)).rejects.toThrow("Request with GET/HEAD method cannot have body.");
    }
  });
});
