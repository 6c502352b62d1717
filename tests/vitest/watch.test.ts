import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { startProviderServer } from "../support/provider-server/index.ts";
import { createProject } from "../support/run-vitest.ts";
import { ask, head } from "./support.ts";

const repository = join(import.meta.dirname, "../..");

const tape = (answer: string): string =>
  `cassette: 1\ninteractions:\n  - request: { method: GET, url: https://example.com/answer }\n    response: { body: ${answer} }\n`;

test("a cassette that somebody changes or removes reruns its tests, one that the run records does not", {
  timeout: 180_000,
}, async () => {
  await using server = await startProviderServer();
  using project = createProject({
    files: {
      "cassettes/answer.yaml": tape("forty-one"),
      "ask.ts": ask,
      "a.test.ts": `
import { test } from "vitest";
import { useCassette } from "vitest-cassette";
test("answers", async () => {
  useCassette("answer");
  console.log("answer:", await (await fetch("https://example.com/answer")).text());
});`,
      "vitest.config.ts": `
import { cassette } from "vitest-cassette/plugin";
import { defineConfig } from "vitest/config";
export default defineConfig({
  test: {
    projects: [
      { plugins: [cassette()], test: { name: "one", include: ["a.test.ts"] } },
      { plugins: [cassette()], test: { name: "two", include: ["*.test.ts"] } },
    ],
  },
});`,
      "b.test.ts": `${head} test("asks", async () => { useCassette(); await ask("hi"); console.log("b ran"); });`,
    },
  });
  const child = spawn(
    process.execPath,
    [join(repository, "node_modules/vitest/vitest.mjs"), "watch", "--root", project.root],
    {
      env: {
        ...process.env,
        ...{ CI: "", NO_COLOR: "1", RECORD: "new", VITEST: undefined, PROVIDER: server.url },
      },
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += String(data)));
  const nextRun = async (): Promise<string> => {
    await expect.poll(() => output, { timeout: 60_000 }).toMatch(/W(?:aiting|atching) for file changes/);
    const run = output;
    output = "";
    return run;
  };
  const edit = async (answer: string): Promise<void> => {
    project.write("cassettes/answer.yaml", tape(answer));
    const run = await nextRun();
    expect(run.match(/answer: .*/g)).toEqual([`answer: ${answer}`, `answer: ${answer}`]);
    expect(run).not.toContain("b ran");
  };
  try {
    const first = await nextRun();
    expect(first).toContain("cassettes/b/asks.yaml (new");
    expect(first).toContain(
      "RECORD  is on: every run records new requests, and requests to providers cost money",
    );
    await edit("forty-two");
    rmSync(join(project.root, "cassettes/b/asks.yaml"));
    expect(await nextRun()).toContain("cassettes/b/asks.yaml (new");
    expect(server.requests).toHaveLength(2);
    await edit("forty-three");
    expect(server.requests).toHaveLength(2);

    const sha256 = createHash("sha256").update("forty-four").digest("hex");
    const body = `answer.bodies/${sha256.slice(0, 16)}.gz`;
    mkdirSync(join(project.root, "cassettes/answer.bodies"));
    writeFileSync(join(project.root, "cassettes", body), gzipSync("forty-four"));
    const reference = `bodyFile: { name: ${body}, bytes: 10, sha256: "${sha256}" }`;
    project.write("cassettes/answer.yaml", tape("").replace("body: ", reference));
    expect((await nextRun()).match(/answer: .*/g)).toEqual(["answer: forty-four", "answer: forty-four"]);
    writeFileSync(join(project.root, "cassettes", body), "");
    expect(await nextRun()).toContain("Failed to read the body file");
  } finally {
    child.kill();
  }
});
