import { expect, test } from "vitest";
import { createProject } from "../support/run-vitest.ts";

const TEST = `
import http from "node:http";
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";

// Shared by all files of a worker, unlike the globals.
const seen = Symbol.for("files of this worker");
http[seen] = (http[seen] ?? 0) + 1;

const byNode = (url: string): Promise<string> => new Promise((resolve, reject) => {
  http.get(url, (response) => {
    let text = "";
    response.on("data", (data) => { text += String(data); });
    response.on("end", () => resolve(text));
  }).on("error", reject);
});

for (const [name, get] of [["fetch", async (url) => (await fetch(url)).text()], ["node:http", byNode]] as const) {
  test(name, async () => {
    const { connect } = (await import("node:net")).default.Socket.prototype;
    const cassette = useCassette("played", { unplayed: "ignore", repeat: "last" });
    expect(await get("http://played.example/")).toBe("from the tape");
    expect(await get("http://played.example/")).toBe("from the tape");
    await cassette.eject();
    expect((await import("node:net")).default.Socket.prototype.connect).toBe(connect);
  });
}
test("is file " + http[seen], () => undefined);
`;

const TAPE = `cassette: 1
interactions:
  - at: 0
    request: { method: GET, url: "http://played.example/" }
    response:
      status: 200
      headers: { content-type: text/plain }
      body: from the tape
`;

test.for(["vmThreads", "vmForks"])("every file of a worker plays fetch and node:http: %s", async (pool) => {
  using project = createProject({
    files: { "a.test.ts": TEST, "b.test.ts": TEST, "c.test.ts": TEST, "cassettes/played.yaml": TAPE },
  });
  const { failures, tests, output } = await project.run({ args: [`--pool=${pool}`, "--maxWorkers=1"] });
  expect(failures).toEqual({});
  expect(Object.keys(tests), output).toContain("is file 3");
});
