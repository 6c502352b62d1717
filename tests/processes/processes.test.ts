import childProcess, {
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
} from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Cassette, type CassetteError, withCassette } from "../../src/core.ts";
import { registerMatchers } from "../../src/vitest/register-matchers.ts";
import { AgentClient, collect, type ProcessTape, processTape, withoutPrograms } from "./support.ts";

const here = import.meta.dirname;
const SERVER = join(here, "../agents/mcp-server.ts");
const MISSING = "no-such-program";
const FORKED = join(here, "forked.mjs");

registerMatchers();

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function plain(error: unknown): object {
  return { ...(error as Error), message: (error as Error).message };
}

async function failureOf(work: Promise<unknown>): Promise<CassetteError> {
  return await work.then(
    () => {
      throw new Error("Nothing failed.");
    },
    (error: CassetteError) => error,
  );
}

/** The ways to start a program and have all that it gives, with what they gave. */
const WAYS: readonly (readonly [string, () => unknown])[] = [
  ["execFile", () => promisify(execFile)("uname", ["-s"])],
  ["execFile, that fails", () => promisify(execFile)("uname", ["--nonsense"]).catch(plain)],
  ["execFile of a program that is missing", () => promisify(execFile)(MISSING, ["-s"]).catch(plain)],
  ["exec", () => promisify(exec)("uname -s | cat; exit 3").catch(plain)],
  ["spawn", () => collect(spawn("uname", ["-s"]))],
  ["spawn, with a shell", () => collect(spawn("uname -s >&2", { shell: true }))],
  ["spawn, without an output", () => collect(spawn("uname", ["-s"], { stdio: "ignore" }))],
  ["spawnSync", () => ({ ...spawnSync("uname", ["-s"]), pid: 0 })],
  ["spawnSync, with text", () => ({ ...spawnSync("uname", ["-s"], { encoding: "utf8" }), pid: 0 })],
  ["spawnSync of a program that is missing", () => plainly(() => spawnSync(MISSING, ["-s"]))],
  ["execFileSync", () => execFileSync("uname", ["-s"])],
  ["execFileSync, that fails", () => plainly(() => execFileSync("uname", ["--nonsense"], { stdio: "pipe" }))],
  ["execSync", () => execSync("uname -s", { encoding: "utf8" })],
  ["execSync, that fails", () => plainly(() => execSync("uname -s >&2; exit 9", { stdio: "pipe" }))],
  ["execSync, with input", () => execSync("cat -n", { input: "a\nb\n" }).toString()],
];

function plainly(run: () => unknown): unknown {
  try {
    const result = run() as { readonly error?: Error };
    return { ...result, pid: 0, error: result.error && plain(result.error) };
  } catch (error) {
    return { ...plain(error), pid: 0 };
  }
}

test("a program gives the same in a replay, in every way to start it, without a process", async () => {
  using tape = processTape(["uname", MISSING, /^cat/]);
  const run = async (): Promise<unknown> => {
    const results: Record<string, unknown> = {};
    for (const [name, start] of WAYS) results[name] = await start();
    return results;
  };
  const recorded = await tape.record(run);
  expect(tape.processes).toHaveLength(WAYS.length);
  expect(await withoutPrograms(() => tape.play(run))).toEqual(recorded);
});

test("a recording is readable", async () => {
  using tape = processTape([/^git/]);
  await tape.record(async () => {
    await promisify(execFile)("git", ["check-ref-format", "--branch", "main"], { cwd: here });
    spawnSync("git", ["stripspace"], { input: "two  \n\n\n\nlines\n", stdio: "pipe" });
  });
  expect(
    tape.text.replace(/(recorded|at|duration|times): .*/g, "$1: ...").replace(/\d+ ms/g, "... ms"),
  ).toMatchInlineSnapshot(`
    "# yaml-language-server: $schema=https://unpkg.com/vitest-cassette/schema/cassette-v1.json
    cassette: 1
    recorded: ...
    interactions:
      # 1 · process git check-ref-format --branch main · exit 0 · ... ms
      - at: ...
        process: git
        args: [check-ref-format, "--branch", main]
        cwd: tests/processes
        exit: 0
        duration: ...
        times: ...
        io:
          - stdout: |
              main
      # 2 · process git stripspace · exit 0 · ... ms
      - at: ...
        process: git
        args: [stripspace]
        exit: 0
        duration: ...
        times: ...
        io:
          - stdin: |
              two  



              lines
          - end: stdin
          - stdout: |
              two

              lines
    "
  `);
});

describe("an agent that speaks in lines of JSON", () => {
  const talk = async (tape: ProcessTape, text = "good day", id?: string): Promise<unknown> => {
    await using agent = new AgentClient(tape.env);
    const hello = await agent.next();
    agent.send({ type: "ask", text, request_id: id });
    const first = await agent.until("done");
    agent.send({ text: "again", type: "ask" });
    return { hello, first, second: await agent.until("done") };
  };

  test("is recorded, and played without a process", async () => {
    using tape = processTape([/agent/]);
    const recorded = await tape.record(() => talk(tape));
    expect(tape.starts).toBe(1);
    expect(await tape.play(() => talk(tape))).toEqual(recorded);
    expect(tape.starts).toBe(0);
    const [entry] = tape.processes;
    expect(entry).toMatchObject({ command: "node", args: ["./tests/processes/ndjson-agent.mjs"], exit: 0 });
    expect(entry?.io.map(({ kind }) => kind)).toEqual([
      "stdout",
      "stdin",
      "stdout",
      "stdin",
      "stdout",
      "end",
    ]);
  });

  test("outputs nothing before it has read the recorded input", async () => {
    using tape = processTape([/agent/]);
    await tape.record(() => talk(tape));
    await tape.play(async () => {
      await using agent = new AgentClient(tape.env);
      await agent.next();
      const early = agent.next();
      expect(await Promise.race([early, new Promise((resolve) => setTimeout(resolve, 100))])).toBe(undefined);
      agent.send({ type: "ask", text: "good day" });
      expect(await early).toEqual({ type: "delta", text: "good" });
      await agent.until("done");
      agent.send({ type: "ask", text: "again" });
      await agent.until("done");
    });
  });

  test("gets another order of fields, and answers under the id of this run", async () => {
    using tape = processTape([/agent/]);
    await tape.record(() => talk(tape, "good day", "recorded-1"));
    expect(await tape.play(() => talk(tape, "good day", "live-2"))).toMatchObject({
      first: [{ text: "good", request_id: "live-2" }, {}, { type: "done", request_id: "live-2" }],
      second: [{ text: "again" }, { type: "done" }],
    });
  });

  test("exits on different input, and the test says what differs", async () => {
    using tape = processTape([/agent/]);
    await tape.record(() => talk(tape));
    const error = await failureOf(tape.play(() => talk(tape, "good night").catch(() => undefined)));
    expect(error).toMatchObject({
      code: "CASSETTE_CALL_MISS",
      reason: "different",
      actual: { type: "ask", text: "good night" },
      expected: { type: "ask", text: "good day" },
    });
    expect(error.message.replace(tape.dir, "<dir>")).toMatchInlineSnapshot(`
      "Failed to play the process node ./tests/processes/ndjson-agent.mjs: it was given other input than in the recording, 1 in <dir>/run.yaml.
        recorded: {"type":"ask","text":"good day"}
        now:      {"type":"ask","text":"good night"}
      If that is intended, re-record the cassette: RECORD=1, with the command that you ran"
    `);
  });

  test("that gets something else is a warning in warn mode, and goes on", async () => {
    using tape = processTape([/agent/], { mode: "warn" });
    const recorded = await tape.record(() => talk(tape));
    const warn = vi.spyOn(console, "warn").mockReturnValue(undefined);
    expect(await tape.play(() => talk(tape, "good night"))).toEqual(recorded);
    expect(warn.mock.calls.join()).toContain('now:      {"type":"ask","text":"good night"}');
  });

  test("that does not get all is unplayed", async () => {
    using tape = processTape([/agent/]);
    await tape.record(() => talk(tape));
    const error = await failureOf(
      tape.play(async () => {
        const agent = new AgentClient(tape.env);
        await agent.next();
      }),
    );
    expect(error).toMatchObject({ code: "CASSETTE_UNPLAYED" });
    expect(error.message).toContain('waits for the line {"type":"ask","text":"good day"}');
  });

  test("two that start the same way are distinguished by their input", async () => {
    using tape = processTape([/agent/]);
    const both = (texts: readonly string[]): Promise<unknown> =>
      Promise.all(
        texts.map(async (text) => {
          const child = spawn("sh", ["-c", "cat # agent"]);
          child.stdin.end(`{"text":"${text}"}\n`);
          return (await collect(child)).stdout;
        }),
      );
    const recorded = (await tape.record(() => both(["a", "b"]))) as string[];
    expect(await tape.play(() => both(["b", "a"]))).toEqual(recorded.toReversed());
  });

  test("keeps its times with pacing", async () => {
    using tape = processTape([/agent/]);
    await tape.record(() => talk(tape));
    const [entry] = tape.processes;
    const started = performance.now();
    await tape.play(() => talk(tape), { pacing: "recorded" });
    const took = performance.now() - started;
    expect(took).toBeGreaterThan((entry?.duration ?? 0) * 0.8);
  });

  test("gets only the variables of the environment that are named", async () => {
    using tape = processTape([{ command: /agent/, env: ["AGENT_LANGUAGE"] }]);
    const say = async (language: string): Promise<unknown> => {
      await using agent = new AgentClient({ ...tape.env, AGENT_LANGUAGE: language, AGENT_SECRET: "hidden" });
      return await agent.next();
    };
    await tape.record(() => say("fr"));
    expect(tape.processes[0]?.env).toEqual({ AGENT_LANGUAGE: "fr" });
    expect(tape.text).not.toContain("hidden");
    expect(await tape.play(() => say("fr"))).toEqual({ type: "hello", language: "fr" });
    const error = await failureOf(tape.play(() => say("de").catch(() => undefined), { unplayed: "ignore" }));
    expect(error).toMatchObject({ code: "CASSETTE_CALL_MISS", actual: { env: { AGENT_LANGUAGE: "de" } } });
  });
});

describe("a signal", () => {
  const stop = async (
    tape: ProcessTape,
    kill: (child: childProcess.ChildProcess) => unknown,
  ): Promise<unknown> => {
    const agent = new AgentClient(tape.env);
    await agent.next();
    const closed = once(agent.child, "close");
    const sent = kill(agent.child);
    const last = await agent.next().catch(() => undefined);
    return { sent, last, closed: await closed, killed: agent.child.killed, exitCode: agent.child.exitCode };
  };

  test.for<[string, (child: childProcess.ChildProcess) => unknown]>([
    ["of kill()", (child) => child.kill()],
    ["of process.kill()", (child) => process.kill(child.pid as number)],
    ["that no process survives", (child) => child.kill("SIGKILL")],
  ])("%s has the recorded effect", async ([, kill]) => {
    using tape = processTape([/agent/]);
    const recorded = await tape.record(() => stop(tape, kill));
    expect(await tape.play(() => stop(tape, kill))).toEqual(recorded);
  });

  test("of a timeout or an AbortSignal, too", async () => {
    using tape = processTape(["sleep"]);
    const run = async (): Promise<unknown> => [
      await promisify(execFile)("sleep", ["5"], { timeout: 40 }).catch(plain),
      await promisify(execFile)("sleep", ["6"], { signal: AbortSignal.timeout(40) }).catch(plain),
      plainly(() => spawnSync("sleep", ["7"], { timeout: 40 })),
    ];
    const recorded = await tape.record(run);
    expect(tape.processes.map(({ exit }) => exit)).toEqual(["SIGTERM", "SIGTERM", "SIGTERM"]);
    expect(await tape.play(run)).toEqual(recorded);
  });
});

test("events come in the order of Node", async () => {
  using tape = processTape(["uname", "nothing-of-that-name"]);
  const run = async (): Promise<unknown> => {
    const seen: unknown[] = [];
    for (const program of ["uname", "nothing-of-that-name"]) {
      const child = spawn(program);
      seen.push(typeof child.pid, child.spawnfile, child.exitCode);
      for (const event of ["spawn", "error", "exit", "close"]) {
        child.on(event, (...args) => seen.push([event, ...args.map((each) => each?.code ?? each)]));
      }
      child.stdout.on("data", () => seen.push("data"));
      child.stdout.on("end", () => seen.push("end"));
      await new Promise((resolve) => child.once("close", resolve));
    }
    return seen.filter((each, index) => each !== "end" || seen[index - 1] !== "end");
  };
  const order = (seen: unknown): unknown[] => (seen as unknown[]).filter((each) => each !== "end");
  const recorded = await tape.record(run);
  expect(order(await tape.play(run))).toEqual(order(recorded));
});

test("a forked process and its messages are played", async () => {
  using tape = processTape([/forked/]);
  const run = async (serialization: "json" | "advanced"): Promise<unknown> => {
    const child = fork(FORKED, { env: tape.env, serialization });
    const answers: unknown[] = [];
    for (const message of [{ a: 1 }, ["b"]]) {
      child.send(message);
      answers.push(...(await once(child, "message")).slice(0, 1));
    }
    const exited = once(child, "exit");
    child.disconnect();
    return [answers, await exited, child.connected];
  };
  const both = async (): Promise<unknown> => [await run("json"), await run("advanced")];
  const recorded = await tape.record(both);
  expect(recorded).toMatchObject([
    [[{ got: { a: 1 } }, { got: ["b"] }], [4, null], false],
    [[{ at: new Map([["when", 1]]) }, {}], [4, null], false],
  ]);
  expect(tape.starts).toBe(2);
  expect(await tape.play(both)).toEqual(recorded);
  expect(tape.starts).toBe(0);
  // The flags of Vitest are not a part of it.
  expect(tape.processes[0]?.args).toEqual(["./tests/processes/forked.mjs"]);
});

test("an MCP server over stdio is recorded and played, with its tools known", async () => {
  using tape = processTape([/server/]);
  const started = join(tape.dir, "started");
  const run = async (cassette: Cassette): Promise<unknown> => {
    const client = new Client({ name: "test", version: "1" });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [SERVER, started] }));
    const { tools } = await client.listTools();
    const [one, two] = await Promise.all(
      [1, 2].map((a) => client.callTool({ name: "add", arguments: { a, b: 2 } })),
    );
    await client.close();
    return { tools, one, two, session: cassette.session.entries };
  };
  const { session, ...recorded } = (await tape.record(run)) as { session: object };
  expect(recorded).toMatchObject({ one: { content: [{ text: "3" }] }, two: { content: [{ text: "4" }] } });
  await tape.play(async (cassette) => {
    expect(await run(cassette)).toMatchObject(recorded);
    expect(cassette.session).toMatchObject({ entries: { process: 1, mcp: 0 }, played: 1, missed: 0 });
    expect(cassette).toHaveCalledTools(["add", "add"]);
  });
  expect(session).toMatchObject({ process: 1 });
});

test("a miss names the nearest recording and what differs", async () => {
  using tape = processTape(["git"]);
  await tape.record(() => promisify(execFile)("git", ["check-ref-format", "heads/main"]));
  let given: unknown;
  const error = await failureOf(
    tape.play(
      async (cassette) => {
        given = await promisify(execFile)("git", ["check-ref-format", "heads/other"]).catch(
          (thrown) => thrown,
        );
        expect(cassette.misses).toMatchObject([{ kind: "process", reason: "different" }]);
      },
      { unplayed: "ignore" },
    ),
  );
  expect(error).toMatchObject({
    code: "CASSETTE_CALL_MISS",
    actual: { command: "git", args: ["check-ref-format", "heads/other"] },
    expected: { command: "git", args: ["check-ref-format", "heads/main"] },
  });
  expect(error.message.replace(tape.dir, "<dir>")).toMatchInlineSnapshot(`
    "Failed to play the process git check-ref-format heads/other: <dir>/run.yaml has no such process.
    The nearest recording is 1, git check-ref-format heads/main.
    If the process is intended, record it: RECORD=1, with the command that you ran"
  `);
  expect(given).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("[vitest-cassette] Failed to play the process git"),
  });
});

test("a second start is a miss, unless repeat says otherwise; an unplayed process fails", async () => {
  using tape = processTape(["uname"]);
  await tape.record(() => execSync("uname"));
  const twice = (): unknown => [execSync("uname"), spawnSync("uname", { shell: true }).status];
  expect((await failureOf(tape.play(twice))).message).toContain("every recording of this process");
  await tape.play(twice, { repeat: "last" });
  const unplayed = await failureOf(tape.play(() => undefined));
  expect(unplayed).toMatchObject({ code: "CASSETTE_UNPLAYED" });
  expect(unplayed.message).toContain("process uname");
});

test("RECORD=new and hybrid mode start a process that is not on the tape", async () => {
  using tape = processTape(["uname"]);
  await tape.record(() => execSync("uname -s"));
  await tape.record(() => [execSync("uname -s"), execSync("uname -m")], {}, "new");
  await tape.play(() => execSync("uname -n"), { mode: "hybrid" });
  expect(tape.processes.map(({ shell }) => shell)).toEqual(["uname -s", "uname -m", "uname -n"]);
});

test("concurrent tests have their own processes", async () => {
  using one = processTape(["cat"]);
  using two = processTape(["cat"]);
  const run = (tape: ProcessTape, text: string): Promise<unknown> =>
    withCassette("run", { dir: tape.dir, processes: ["cat"] }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const child = spawn("cat");
      child.stdin.end(text);
      return (await collect(child)).stdout;
    });
  const both = (): Promise<unknown> => Promise.all([run(one, "one"), run(two, "two")]);
  vi.stubEnv("RECORD", "1");
  expect(await both()).toEqual(["one", "two"]);
  vi.stubEnv("RECORD", undefined);
  expect(await withoutPrograms(both)).toEqual(["one", "two"]);
  expect([one, two].map(({ processes }) => processes.length)).toEqual([1, 1]);
});

test("secrets in arguments, input, output and environment are removed", async () => {
  const key = `sk-proj-${"a1B2".repeat(12)}`;
  using tape = processTape([{ command: "sh", env: ["MY_TOKEN"] }]);
  const args = [
    "-c-",
    "--api-key",
    "opaque-value-1",
    "--password=opaque-value-2",
    "https://user:opaque-value-3@example.com/repo.git",
  ];
  const run = async (secret: string): Promise<string> => {
    const child = spawn("sh", ["-s", "--", ...args], { env: { ...process.env, MY_TOKEN: "opaque-value-4" } });
    child.stdin.write(`echo ${secret.slice(0, 12)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    child.stdin.end(`${secret.slice(12)}; printf '{"access_token":"opaque-value-5"}'\n`);
    return (await collect(child)).stdout;
  };
  const stdout = await tape.record(() => run(key));
  expect(stdout).toContain(key);
  expect(tape.text).not.toMatch(/opaque-value|sk-proj-a1/);
  expect(await tape.play(() => run(key))).toMatch(/^<redacted.*>\n/);
  // Another machine has another key.
  await tape.play(() => run(`sk-proj-${"z9Y8".repeat(12)}`));
});

test("only named processes are recorded, without those in ignore", async () => {
  using tape = processTape(["uname", "true"], { ignore: ["process:true"] });
  const warn = vi.spyOn(console, "warn").mockReturnValue(undefined);
  const run = async (cassette: Cassette): Promise<void> => {
    execSync("uname");
    await once(spawn("true"), "close");
    await once(spawn("false"), "close");
    expect(cassette.bypassed).toMatchObject([{ url: "process:true", reason: "ignored" }]);
  };
  await tape.record(run);
  expect(warn.mock.calls.join()).toContain('Not recorded: the child process "false"');
  expect(warn.mock.calls.join()).not.toContain('"uname"');
  expect(tape.processes.map(({ command }) => command)).toEqual(["uname"]);
});

test("an output longer than maxBytes reaches the code, and fails the test", async () => {
  using tape = processTape(["head"], { maxBytes: 1000 });
  let length = 0;
  const error = await failureOf(
    tape.record(async () => {
      const { stdout } = await promisify(execFile)("head", ["-c", "5000", "/dev/zero"]);
      length = stdout.length;
    }),
  );
  expect(length).toBe(5000);
  expect(error).toMatchObject({ code: "CASSETTE_BODY_TOO_LARGE" });
});

test("a large output waits for its reader, in the recorded chunks", async () => {
  using tape = processTape(["seq"]);
  const run = async (): Promise<{ buffered: number; length: number }> => {
    const child = spawn("seq", ["60000"]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const buffered = child.stdout.readableLength;
    expect(child.exitCode).toBe(null);
    const { stdout } = await collect(child);
    return { buffered, length: stdout.length };
  };
  const { length } = await tape.record(run);
  const played = await tape.play(run);
  expect(played.length).toBe(length);
  expect(played.buffered).toBeLessThan(400_000);
});

test("binary output comes back byte for byte", async () => {
  using tape = processTape(["printf"]);
  const run = (): Promise<{ stdout: Buffer }> =>
    promisify(execFile)("printf", ["\\377\\0\\001x"], { encoding: "buffer" }) as Promise<{ stdout: Buffer }>;
  await tape.record(run);
  const { stdout } = await tape.play(run);
  expect(stdout).toEqual(Buffer.from([255, 0, 1, 120]));
  expect(tape.text).toContain("encoding: base64");
});

test("a process that runs until the end is recorded as running", async () => {
  using tape = processTape([/agent/]);
  const agents: AgentClient[] = [];
  const run = async (): Promise<unknown> => {
    const agent = new AgentClient(tape.env);
    agents.push(agent);
    return await agent.next();
  };
  const recorded = await tape.record(run);
  expect(tape.text).toContain("exit: running");
  expect(await tape.play(run)).toEqual(recorded);
  for (const agent of agents) await agent[Symbol.asyncDispose]();
});

test("a pipe that cannot be recorded is an error", async () => {
  using tape = processTape(["sh"]);
  const run = (): Promise<unknown> =>
    collect(spawn("sh", ["-c", "sh; echo said"], { stdio: ["ignore", "pipe", "pipe", "pipe"] }));
  expect((await failureOf(tape.record(run))).message).toContain("a pipe besides stdin, stdout and stderr");
});

test("a tape written by hand plays", async () => {
  const program = "deploy";
  using tape = processTape([program]);
  tape.write(`
  - process: deploy
    args: [--dry-run]
    io:
      - stdout: |
          Really?
      - stdin: |
          yes
      - stdout: |
          Deployed.
  - process: deploy
    args: [--all]
    exit: 2
    io: [{ stderr: no }]
`);
  await tape.play(async () => {
    const child = spawn(program, ["--dry-run"]);
    child.stdout.once("data", () => child.stdin.write("yes\n"));
    expect(await collect(child)).toMatchObject({ stdout: "Really?\nDeployed.\n", exit: [0, null] });
    expect(spawnSync(program, ["--all"]).stderr.toString()).toBe("no");
  });
});

test("nothing stays patched", async () => {
  using tape = processTape(["uname"]);
  const places = (): unknown[] =>
    [childProcess.ChildProcess.prototype as unknown as { spawn: unknown }, process, childProcess].flatMap(
      (owner) =>
        ["spawn", "kill", "execSync", "spawnSync", "execFileSync"].map((name) => Reflect.get(owner, name)),
    );
  const isSame = (): boolean => places().every((each, index) => each === before[index]);
  const before = places();
  await tape.record(async () => {
    await once(spawn("uname"), "close");
    expect(isSame()).toBe(false);
  });
  expect(isSame()).toBe(true);
});
