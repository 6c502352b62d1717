import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { selfSignedCertificate } from "../support/provider-server/self-signed-certificate.ts";
import { runVitest } from "../support/run-vitest.ts";

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
const tapes = mkdtempSync(join(tmpdir(), "beside-"));

beforeAll(async () => {
  for (const server of [plain, secure]) await once(server.listen(0, "127.0.0.1"), "listening");
  mkdirSync(tapes, { recursive: true });
  writeFileSync(join(tapes, "played.yaml"), TAPE);
});
afterAll(() => {
  for (const server of [plain, secure]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(tapes, { recursive: true, force: true });
});

test("msw and nock answer first, in every version and copy, and a cassette gets what they pass on", {
  timeout: 120_000,
}, async () => {
  const port = (server: http.Server): number => (server.address() as AddressInfo).port;
  const { failures, tests, output } = await runVitest(join(import.meta.dirname, "suite"), {
    env: {
      TAPES: tapes,
      HTTP: `http://127.0.0.1:${port(plain)}`,
      HTTPS: `https://localhost:${port(secure)}`,
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
    },
  });
  expect(failures).toEqual({});
  expect(Object.keys(tests).length, output).toBeGreaterThan(100);
});
