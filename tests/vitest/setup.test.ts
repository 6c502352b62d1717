import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { createProject, messagesOf } from "../support/run-vitest.ts";
import { ask, head } from "./support.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

test("a wrong RECORD, CASSETTE_MODE or option stops the run with a message that lists what is valid", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
test("asks", async () => { useCassette(); });
test("has a typo", async () => { useCassette({ mod: "warn" } as never); });
test("has a wrong mode", async () => { useCassette({ mode: "lenient" } as never); });
test("leaves the folder", async () => { useCassette("../outside"); });
`,
    },
  });
  const record = await project.run({ env: { RECORD: "yes please" } });
  expect(record.status).toBe(1);
  expect(record.output).toContain("RECORD is 'yes please', but must be unset, '0' or 'false' to replay");
  // Once, and not in every test file.
  expect([record.tests, record.output.includes("a.test.ts")]).toEqual([{}, false]);
  const mode = await project.run({ env: { CASSETTE_MODE: "lax" } });
  expect(mode.output).toContain(
    "CASSETTE_MODE is 'lax', but must be unset or one of 'strict', 'warn', 'hybrid'.",
  );
  const options = await project.run();
  expect(options.tests).toEqual({
    asks: "passed",
    "has a typo": "failed",
    "has a wrong mode": "failed",
    "leaves the folder": "failed",
  });
  expect(messagesOf(options.failures)).toMatchInlineSnapshot(`
    {
      "has a typo": [
        "CassetteOptionsError: Failed to read the options of useCassette(): Unknown option mod. Did you mean mode? Valid options: mode, scope, include, ignore, match, repeat, order, unplayed, pacing, chunks, fault, freeze, maxAge, stale, redact, maxBytes, calls, processes, liveAfter, otel.",
      ],
      "has a wrong mode": [
        "CassetteOptionsError: Failed to read the options of useCassette(): mode is 'lenient', but must be one of 'strict', 'warn', 'hybrid'.",
      ],
      "leaves the folder": [
        "StorageError: Failed to name a cassette "../outside": it contains "." or "..", and cassettes stay in their folder.
    Use words, with slashes for folders: useCassette("chat/tells a joke").",
      ],
    }
  `);
});

test("without the plugin, recording says once that it is missing, and replay does not", async () => {
  using project = createProject({
    plugin: false,
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
test("one", async () => { useCassette(); await ask("one"); });
test("two", async () => { useCassette(); await ask("two"); });
`,
      "b.test.ts": `${head}
test("three", async () => { useCassette(); await ask("three"); });
`,
    },
  });
  // Here the run looks for the note that it has said so.
  const env = { PROVIDER: server.url, TMPDIR: project.root };
  const recorded = await project.run({ env: { ...env, RECORD: "1" } });
  expect(recorded.output.match(/The plugin is missing/g)).toHaveLength(1);
  const replayed = await project.run({ env });
  expect([replayed.status, replayed.output.includes("plugin")]).toEqual([0, false]);
});

test("traffic outside any cassette is let through, warned of or refused, loopback excepted", async () => {
  const files = {
    "a.test.ts": `
import { expect, test } from "vitest";
import "vitest-cassette";
test("leaves the machine", async () => {
  const answer = await fetch("https://api.openai.com/v1/models").then((response) => response.status, () => "no network");
  expect(answer).toBe(process.env.EXPECTED === "400" ? 400 : "no network");
});
test("stays on it", async () => { expect((await fetch(process.env.PROVIDER + "/v1/models")).status).toBe(200); });`,
  };
  // A proxy that nobody listens on stands for a network that is not there.
  const env = {
    PROVIDER: server.url,
    NODE_USE_ENV_PROXY: "1",
    HTTPS_PROXY: "http://127.0.0.1:9",
    NO_PROXY: "127.0.0.1",
  };
  using warned = createProject({ files, plugin: '{ outside: "warn" }' });
  const warning = await warned.run({ env });
  expect(warning.status, warning.output).toBe(0);
  expect(warning.output).toContain(
    "GET https://api.openai.com/v1/models was sent outside any open cassette.",
  );
  using refused = createProject({ files, plugin: '{ outside: "error" }' });
  const refusal = await refused.run({ env: { ...env, EXPECTED: "400" } });
  // Even if the code under test swallowed it.
  expect(refusal.tests).toEqual({ "leaves the machine": "failed", "stays on it": "passed" });
  expect(messagesOf(refusal.failures)["leaves the machine"]).toEqual([
    expect.stringContaining(
      "Refused: GET https://api.openai.com/v1/models was sent outside any open cassette.",
    ),
  ]);
});

test("SDKs are constructed without a key in replay, where a placeholder stands in for it", async () => {
  const files = {
    "a.test.ts": `
import OpenAI from "openai";
import { expect, test } from "vitest";
test("key", () => { expect(new OpenAI().apiKey).toBe("placeholder-key-set-by-vitest-cassette"); });`,
  };
  using project = createProject({ files });
  const env = { OPENAI_API_KEY: "" };
  expect((await project.run({ env })).tests).toEqual({ key: "passed" });
  expect((await project.run({ env: { OPENAI_API_KEY: "sk-mine" } })).tests).toEqual({ key: "failed" });
  expect((await project.run({ env: { ...env, RECORD: "1" } })).tests).toEqual({ key: "failed" });
  using without = createProject({ files, plugin: "{ placeholderKeys: false }" });
  expect((await without.run({ env })).tests).toEqual({ key: "failed" });
});

test("a key in the name of a test or of a cassette is neither in the name of a file nor on a tape", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "a.test.ts": `${head}
test.each([process.env.APP_TOKEN])("works with %s", async () => {
  useCassette();
  await ask("hi");
});
test.each([process.env.APP_TOKEN])("shares with %s", async () => {
  useCassette("shared");
  await ask("hi");
});
test("is named after it", async () => {
  useCassette("of/" + process.env.APP_TOKEN);
  await ask("hi");
});
`,
    },
  });
  const env = { PROVIDER: server.url, APP_TOKEN: "Opaque-Value-0001", RECORD: "1" };
  const { tests, failures } = await project.run({ env });
  expect(tests["is named after it"]).toBe("failed");
  expect(messagesOf(failures)["is named after it"]?.[0]).toMatchInlineSnapshot(`
    "CassetteError: Failed to name a cassette "of/<redacted:app-token>": the name contains a secret, and files are committed with their names.
    Use words: useCassette("chat/tells a joke")."
  `);
  const files = readdirSync(join(project.root, "cassettes"), { recursive: true, encoding: "utf8" }).sort();
  expect(files).toEqual(["a", "a/works-with-redacted-app-token.yaml", "shared.yaml"]);
  expect(project.read("cassettes/shared.yaml")).toContain(
    "test: a.test.ts › shares with <redacted:app-token>",
  );
  const replay = await project.run({ env: { ...env, RECORD: "", APP_TOKEN: "another-value-0002" } });
  expect(replay.tests["shares with another-value-0002"]).toBe("passed");
  expect(replay.tests["works with another-value-0002"]).toBe("passed");
});
