import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import type { CassetteEvent } from "../../src/events/event.ts";
import { blocksOf, readPage } from "../docs/pages.ts";
import { createProject } from "../support/run-vitest.ts";

const VITEST = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");

const config = `
import { defineConfig } from "vitest/config";
import { cassette } from "vitest-cassette/plugin";
const project = (name) => ({
  plugins: [cassette({ live: true, debug: "logs/cassette.log" })],
  test: { name, include: [name + ".test.ts"], testTimeout: 20_000 },
});
export default defineConfig({ test: { projects: [project("one"), project("other")] } });
`;

/** Waits for a viewer. */
const testFile = (name: string): string => `
import { existsSync } from "node:fs";
import { test, vi } from "vitest";
import { createEmitter, useCassette } from "vitest-cassette";
test("talks", async () => {
  await vi.waitUntil(() => existsSync("go"), 15_000);
  const cassette = useCassette();
  cassette.emit({ type: "log", message: "from ${name}" });
  createEmitter({ session: "a job" }).emit({ type: "log", message: "done" });
});
`;

test("a run of two projects has one live view, which gets the events of both and lets the run end", async () => {
  using project = createProject({
    files: {
      "vitest.config.ts": config,
      "one.test.ts": testFile("one"),
      "other.test.ts": testFile("other"),
    },
  });
  const env = { ...process.env, VITEST: undefined, TEST: undefined, NO_COLOR: "1", FORCE_COLOR: undefined };
  const run = spawn(process.execPath, [VITEST, "run"], { cwd: project.root, env });
  let output = "";
  for (const stream of [run.stdout, run.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  const ended = once(run, "close");
  await expect.poll(() => output, { timeout: 30_000 }).toMatch(/live view: \S+\n/);
  const [, url = ""] = /live view: (\S+)/.exec(output) ?? [];
  expect(await (await fetch(url)).text()).toContain('<meta name="cassette-live"');

  const socket = new WebSocket(url.replace("http", "ws").replace("/?", "/events?"));
  const events: CassetteEvent[] = [];
  socket.on("message", (data) => {
    for (const line of String(data).split("\n")) events.push(JSON.parse(line) as CassetteEvent);
  });
  await once(socket, "open");
  project.write("go", "");
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  expect([code, String(reason)]).toEqual([1001, "The run has ended."]);
  const [status] = (await ended) as [number];
  expect(output).not.toContain("close timed out");
  expect(status, output).toBe(0);
  expect(output.match(/live view: /g)).toHaveLength(1);

  // Both outputs at once: the log has the same events.
  const log = project.read("logs/cassette.log");
  for (const name of ["one", "other"])
    expect(log).toMatch(new RegExp(`LOG session="${name} › .* message="from ${name}"`));

  const sessions = Map.groupBy(events, ({ session }) => session);
  for (const name of ["one", "other"]) {
    const its = sessions.get(`${name} › ${name}.test.ts › talks`) ?? [];
    expect(
      its.map(({ type }) => type),
      output,
    ).toEqual(["session_start", "log", "session_end"]);
    expect(its[1]).toMatchObject({ message: `from ${name}` });
  }
  expect(
    sessions
      .get("a job")
      ?.map(({ type }) => type)
      .slice(0, 2),
  ).toEqual(["session_start", "log"]);
});

test("the script of docs/live.md runs, and a live view that nobody closes lets a script end", async () => {
  const script = blocksOf(readPage("docs/live.md"), "ts").find(({ code }) => code.includes("startLiveView"));
  const more =
    'import "./script.ts"; import { startLiveView } from "vitest-cassette/live"; await startLiveView();';
  using project = createProject({ files: { "script.ts": script?.code ?? "", "main.ts": more } });
  const { stdout } = await promisify(execFile)(process.execPath, ["main.ts"], {
    cwd: project.root,
    timeout: 30_000,
  });
  expect(stdout).toMatch(/^Watch it at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}\n$/);
});
