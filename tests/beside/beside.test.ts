import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { selfSignedCertificate } from "../support/provider-server/self-signed-certificate.ts";
import { createProject } from "../support/run-vitest.ts";

const TAPE = `cassette: 1
interactions:
${["http", "https"]
  .map(
    (protocol) => `  - at: 0
    request: { method: GET, url: "${protocol}://played.example/" }
    response:
      status: 200
      headers: { content-type: text/plain }
      body: from the tape
`,
  )
  .join("")}`;

const answer: http.RequestListener = (request, response) => {
  response.end(`live ${request.url}`);
};
const { key, certificate } = selfSignedCertificate();
const plain = http.createServer(answer);
const secure = https.createServer({ key, cert: certificate }, answer);
const suite = join(import.meta.dirname, "suite");
const files = readdirSync(suite).filter((name) => name.endsWith(".ts"));

beforeAll(async () => {
  for (const server of [plain, secure]) await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => {
  for (const server of [plain, secure]) {
    server.closeAllConnections();
    server.close();
  }
});

test("msw and nock answer first, in every version and copy, and a cassette gets the requests that they pass on", async () => {
  const port = (server: http.Server): number => (server.address() as AddressInfo).port;
  using project = createProject({
    files: {
      ...Object.fromEntries(files.map((name) => [name, readFileSync(join(suite, name), "utf8")])),
      "cassettes/played.yaml": TAPE,
    },
  });
  const { failures, tests, output } = await project.run({
    env: {
      HTTP: `http://127.0.0.1:${port(plain)}`,
      HTTPS: `https://localhost:${port(secure)}`,
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
    },
  });
  expect(failures).toEqual({});
  expect(Object.keys(tests).length, output).toBeGreaterThan(300);
});
