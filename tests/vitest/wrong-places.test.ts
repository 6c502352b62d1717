import { expect, test } from "vitest";
import { cassette } from "../../src/plugin.ts";
import { createProject, messagesOf } from "../support/run-vitest.ts";

/** A tape that answers one GET. */
const tape = (path: string): string =>
  `cassette: 1\ninteractions:\n  - request: { method: GET, url: http://model.invalid/${path} }\n    response: { body: recorded }\n`;

const ask = `
export async function ask(path: string): Promise<string> {
  const response = await fetch("http://model.invalid/" + path);
  return response.status + " " + await response.text();
}
`;

test("useCassette finds its test without an async context, and outside any test says where to call it", async () => {
  using project = createProject({
    files: {
      "ask.ts": ask,
      "cassettes/a/hooks-sends.yaml": tape("hook"),
      "cassettes/hook.yaml": tape("before"),
      "cassettes/a/loses-its-context.yaml": tape("lost"),
      "a.test.ts": `
import { AsyncLocalStorage } from "node:async_hooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { withCassette } from "vitest-cassette/core";
import { ask } from "./ask.ts";

const tried = (work: () => unknown): string => {
  try { work(); return "no error"; } catch (error) { return String(error); }
};
beforeAll(() => { console.log("beforeAll:", tried(() => useCassette())); });
afterAll(() => { console.log("afterAll:", tried(() => useCassette("x"))); });
describe("hooks", () => {
  beforeAll(async () => { expect(await withCassette("hook", () => ask("before"))).toBe("200 recorded"); });
  beforeEach(() => { useCassette(); });
  test("sends", async () => { expect(await ask("hook")).toBe("200 recorded"); });
});
let afterwards: Promise<void>;
test("ends", () => {
  afterwards = new Promise((resolve) => setTimeout(() => {
    console.log("afterwards:", tried(() => useCassette()));
    resolve();
  }, 20));
});
test("waits", () => afterwards);

const outside = AsyncLocalStorage.snapshot();
test("loses its context", async () => {
  const cassette = useCassette();
  await outside(async () => {
    expect(useCassette().name).toBe(cassette.name);
    expect(await ask("lost")).toBe("200 recorded");
  });
  expect(cassette.requests).toHaveLength(1);
});
`,
      "b.test.ts": `
import { describe, test } from "vitest";
import { useCassette } from "vitest-cassette";
describe("the next file", () => { useCassette({ unplayed: "ignore" }); test("is collected again", () => {}); });
`,
    },
  });
  for (const args of [[], ["--no-isolate", "--no-file-parallelism"]]) {
    const { output, tests } = await project.run({ args });
    expect(tests, output).toEqual({
      "hooks sends": "passed",
      ends: "passed",
      waits: "passed",
      "loses its context": "passed",
      "the next file is collected again": "passed",
    });
    const said = output.split("\n").filter((line) => /^(beforeAll|afterAll|afterwards): /.test(line));
    expect(said.toSorted()).toEqual([
      expect.stringMatching(
        /^afterAll: CassetteError: Failed to open a cassette in a beforeAll or afterAll hook: .* in beforeEach/,
      ),
      expect.stringMatching(
        /^afterwards: CassetteError: Failed to open a cassette in "ends": the test has ended/,
      ),
      expect.stringMatching(
        /^beforeAll: CassetteError: Failed to open a cassette in a beforeAll or afterAll hook: /,
      ),
    ]);
  }
});

test("requests of a closed cassette are refused, and other requests are left alone", async () => {
  using project = createProject({
    plugin: '{ include: ["http://127.0.0.1"] }',
    files: {
      "ask.ts": ask,
      "cassettes/named.yaml": tape("one"),
      "a.test.ts": `
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { ask } from "./ask.ts";

let received: (string | undefined)[] = [];
const server = createServer((request, response) => { received.push(request.url); response.end("live"); });
beforeAll(() => new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); }));
afterAll(() => { server.close(); });
const get = async (path: string): Promise<string> => {
  const { port } = server.address() as { port: number };
  return (await fetch("http://127.0.0.1:" + port + path)).text();
};

test("ejects", async () => {
  const cassette = useCassette("named");
  expect(await ask("one")).toBe("200 recorded");
  await cassette.eject();
  expect(await get("/after-eject")).toContain("was ejected before it was sent");
});
test("ejects one that ignores it", async () => {
  await useCassette("named", { unplayed: "ignore", ignore: ["http://127.0.0.1"] }).eject();
  expect(await get("/ignored-after-eject")).toBe("live");
});
let late: Promise<string>;
test("leaves work behind", () => {
  useCassette();
  late = new Promise((resolve) => setTimeout(() => resolve(get("/late")), 30));
});
test("leaves work behind that is not the cassette's", async () => {
  useCassette({ ignore: ["http://127.0.0.1"] });
  late = Promise.all([late, new Promise<string>((resolve) => setTimeout(() => resolve(get("/ignored")), 30))]).then(String);
});
test("waits for it", async () => {
  expect(await late).toMatch(/has ended and its cassette is closed.*,live$/);
  expect(received).toEqual(["/ignored-after-eject", "/ignored"]);
});
`,
    },
  });
  const { failures, tests } = await project.run();
  expect(messagesOf(failures)).toEqual({
    ejects: [expect.stringContaining('the cassette of "ejects" was ejected before it was sent')],
  });
  expect(Object.keys(tests)).toHaveLength(5);
});

test("the plugin refuses browser mode", () => {
  const { config } = cassette() as unknown as { config(given: object): unknown };
  const browser = { enabled: true, instances: [{ browser: "chromium" }] };
  expect(() => config({ test: { browser } })).toThrow(
    /Failed to set up cassettes for browser mode: .* without `browser`/,
  );
  expect(() => config({ test: { browser: { ...browser, enabled: false } } })).not.toThrow();
});
