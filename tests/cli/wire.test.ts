import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorkspace } from "./command.ts";

const WORDS = ["Dark", " mode", " it", " is", " because", " light", " attracts", " bugs"];
const event = (text: string): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: text } }] })}\n\n`;

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", async () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const words = request.url === "/again" ? [...WORDS, ...WORDS] : WORDS;
      const said = request.url === "/echo" ? [`${request.method} ${request.headers["x-a"]} ${body}`] : words;
      for (const word of said) {
        response.write(event(word));
        await new Promise((resolve) =>
          setTimeout(resolve, request.url === "/slow" && word === " is" ? 80 : 2),
        );
      }
      if (request.url === "/reset") response.destroy();
      else response.end(request.url === "/cut" ? "" : "data: [DONE]\n\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

test("a live stream is printed event by event, with what is wrong with it", async () => {
  using workspace = createWorkspace({});
  const { code, out } = await workspace.run(`wire ${url}/fine`);
  expect(code).toBe(0);
  expect(out).toMatch(/^200 OK after [\d.]+ ms\n/);
  expect(out.match(/"content":/g)).toHaveLength(WORDS.length);
  expect(out).toContain("No gap, no duplicate, no restart.");
});

test.each([
  ["/again", /restart: the text starts over at event 8/],
  // Chunks of a busy machine may arrive together.
  ["/slow", /gap: \d+ ms before chunk \d/],
  ["/cut", /end: the provider's end marker is missing/],
])("a stream with a fault is reported: %s", async (path, problem) => {
  using workspace = createWorkspace({});
  const { code, out } = await workspace.run(`wire ${url}${path} --gap 50`);
  expect(out).toMatch(problem);
  expect(code).toBe(1);
});

test("a connection that fails is reported", async () => {
  using workspace = createWorkspace({});
  const reset = await workspace.run(`wire ${url}/reset`);
  expect(reset.code).toBe(1);
  expect(reset.error).toContain("The connection failed after");
  const refused = await workspace.run("wire http://127.0.0.1:1/");
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.error).toContain("Failed to request http://127.0.0.1:1/");
});

test("headers and a body are sent as they are given", async () => {
  using workspace = createWorkspace({});
  const { out } = await workspace.run(`wire ${url}/echo --header x-a:1 --data hello`);
  expect(out).toContain("POST 1 hello");
});

test("a file without a log and wrong options are errors that say what to do", async () => {
  using workspace = createWorkspace({ "other.log": "nothing here\n" });
  const other = await workspace.run("wire other.log");
  expect(other.code).toBe(1);
  expect(other.error).toContain("Run the tests with DEBUG=vitest-cassette");
  expect((await workspace.run("wire gone.log")).error).toContain("Failed to read gone.log");
  expect(await workspace.run("wire other.log --data x")).toMatchObject({ code: 2 });
  expect(await workspace.run(`wire ${url}/fine --gap soon`)).toMatchObject({ code: 2 });
  expect(await workspace.run(`wire ${url}/fine --header nothing`)).toMatchObject({ code: 2 });
});

/** The log of a stream whose pieces have this content, a letter each. */
function logOf(contents: string): string {
  return [...contents]
    .map(
      (letter, index) =>
        `2026-11-28T20:14:03.${100 + index}Z vitest-cassette CHUNK session=s id=1 index=${index} bytes=40 sha1=${letter}`,
    )
    .join("\n");
}

test.each([
  ["abb", "chunk 2 is the same as chunk 1"],
  ["abbb", "chunks 2 to 3 are the same as chunk 1"],
  ["abcbcd", "chunks 3 to 4 are the same as chunks 1 to 2"],
])("the pieces of a log that are repeated are named: %s", async (contents, what) => {
  using workspace = createWorkspace({ "run.log": logOf(contents) });
  const { out } = await workspace.run("wire run.log");
  expect(out).toContain(`duplicate: response 1 repeats itself: ${what}. The provider sent it like this.`);
});
