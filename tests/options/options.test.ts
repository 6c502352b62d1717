import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { checkOptions, checkProjectOptions } from "../../src/options/check-options.ts";
import { type Environment, readEnvironment } from "../../src/options/environment.ts";
import { CassetteOptionsError } from "../../src/options/options-error.ts";
import { resolveOptions } from "../../src/options/resolve-options.ts";
import { packOptions } from "../../src/vitest/project-options.ts";

const environment: Environment = readEnvironment({});

function complaint(options: unknown, check: (options: never) => void = checkOptions): string {
  try {
    check(options as never);
  } catch (error) {
    expect(error).toBeInstanceOf(CassetteOptionsError);
    expect((error as CassetteOptionsError).code).toBe("CASSETTE_OPTIONS");
    return (error as Error).message;
  }
  return "";
}

test("with nothing given every option has the default that is documented", () => {
  expect(resolveOptions({ environment })).toEqual({
    mode: "strict",
    scope: "test",
    include: [],
    ignore: [],
    match: { ignore: [], headers: [], normalize: undefined, by: undefined },
    repeat: "never",
    order: "any",
    unplayed: "error",
    pacing: "instant",
    chunks: "recorded",
    fault: undefined,
    freeze: undefined,
    maxAge: undefined,
    stale: "error",
    redact: {
      headers: [],
      fields: [],
      query: [],
      values: [],
      patterns: [],
      replace: undefined,
      restore: false,
      allow: [],
    },
    maxBytes: 16_777_216,
    calls: { "*": "replay" },
    processes: [],
    liveAfter: undefined,
    otel: undefined,
    debug: false,
    dir: "cassettes",
    outside: "bypass",
    placeholderKeys: true,
    maxTapeBytes: 67108864,
    maxInlineBytes: 65536,
  });
});

test("processes of the project and of the test are joined, in one form", () => {
  const project = { processes: ["git"] };
  expect(resolveOptions({ environment, project, test: { processes: [{ command: /a/ }] } }).processes).toEqual(
    [
      { command: "git", env: [] },
      { command: /a/, env: [] },
    ],
  );
});

test("the environment wins over the test, the test over the project, the project over the default", () => {
  const mode = (CASSETTE_MODE: string | undefined, test?: "warn", project?: "hybrid") =>
    resolveOptions({
      environment: readEnvironment({ CASSETTE_MODE }),
      test: { mode: test },
      project: { mode: project },
    }).mode;
  expect(mode("strict", "warn", "hybrid")).toBe("strict");
  expect(mode(undefined, "warn", "hybrid")).toBe("warn");
  expect(mode(undefined, undefined, "hybrid")).toBe("hybrid");
  expect(mode(undefined)).toBe("strict");
});

test.each(["scope", "repeat", "order", "unplayed", "pacing", "chunks", "stale", "maxBytes"] as const)(
  "%s of the test wins over that of the project",
  (option) => {
    const values = {
      scope: ["file", "test"],
      repeat: ["last", "never"],
      order: ["recorded", "any"],
      unplayed: ["ignore", "warn"],
      pacing: [2, "recorded"],
      chunks: ["bytes", "whole"],
      stale: ["warn", "record"],
      maxBytes: [1, 2],
    }[option];
    const [test, project] = values.map((value) => ({ [option]: value }));
    expect(resolveOptions({ environment, project })[option]).toBe(values[1]);
    expect(resolveOptions({ environment, test, project })[option]).toBe(values[0]);
  },
);

test("a test can turn off what its project set", () => {
  const project = { freeze: true, maxAge: "30d", fault: { after: 1, kind: "cut" } } as const;
  const test = { freeze: false, maxAge: false, fault: false } as const;
  expect(resolveOptions({ environment, project })).toMatchObject({
    freeze: { time: true, random: true, uuid: true },
    maxAge: 2_592_000_000,
    fault: { after: { chunks: 1 }, kind: "cut" },
  });
  expect(resolveOptions({ environment, test, project })).toMatchObject({
    freeze: undefined,
    maxAge: undefined,
    fault: undefined,
  });
});

test("lists of the test and the project are joined, so that a test cannot undo what the project redacts", () => {
  const resolved = resolveOptions({
    environment,
    project: {
      include: ["http://localhost:1"],
      ignore: [/a/],
      match: { ignore: ["user"], headers: ["X-One"] },
      redact: { fields: ["ssn"], patterns: [/p/g], allow: ["x"] },
    },
    test: {
      include: ["http://localhost:2"],
      ignore: [/b/],
      match: { ignore: ["seed"], headers: ["x-two"] },
      redact: { fields: ["iban"], values: ["value"] },
    },
  });
  expect(resolved.include).toEqual(["http://localhost:1", "http://localhost:2"]);
  expect(resolved.ignore).toEqual([/a/, /b/]);
  expect(resolved.match).toMatchObject({ ignore: ["user", "seed"], headers: ["x-one", "x-two"] });
  expect(resolved.redact).toMatchObject({
    fields: ["ssn", "iban"],
    values: ["value"],
    patterns: [/p/g],
    allow: ["x"],
  });
});

test("an option that is there but undefined does not hide that of the project", () => {
  const project = { repeat: "last", match: { by: () => true }, redact: { restore: true } } as const;
  const test = { repeat: undefined, match: { by: undefined }, redact: { restore: undefined } };
  expect(resolveOptions({ environment, test, project })).toMatchObject({
    repeat: "last",
    match: { by: project.match.by },
    redact: { restore: true },
  });
});

test("the mode decides about unplayed recordings, unless the option is set", () => {
  const unplayed = (mode: "strict" | "warn" | "hybrid", chosen?: "error") =>
    resolveOptions({ environment, test: { mode, unplayed: chosen } }).unplayed;
  expect(["strict", "warn", "hybrid"].map((mode) => unplayed(mode as "warn"))).toEqual([
    "error",
    "warn",
    "ignore",
  ]);
  expect(unplayed("hybrid", "error")).toBe("error");
});

test("the mode of the environment sets what is unplayed too", () => {
  const options = {
    environment: readEnvironment({ CASSETTE_MODE: "warn" }),
    test: { mode: "strict" },
  } as const;
  expect(resolveOptions(options).unplayed).toBe("warn");
});

test("a fault is normalized", () => {
  const fault = (given: object) => resolveOptions({ environment, test: { fault: given as never } }).fault;
  expect(fault({ after: 3, kind: "reset" })).toEqual({
    after: { chunks: 3 },
    kind: "reset",
    ms: Number.POSITIVE_INFINITY,
  });
  expect(fault({ after: { events: 2 }, kind: "stall", ms: 50 })).toEqual({
    after: { events: 2 },
    kind: "stall",
    ms: 50,
  });
});

test("only the named parts are frozen", () => {
  const freeze = (given: object | boolean) => resolveOptions({ environment, test: { freeze: given } }).freeze;
  expect(freeze({ time: true })).toEqual({ time: true, random: false, uuid: false });
  expect(freeze({ time: false })).toBeUndefined();
  expect(freeze(true)).toEqual({ time: true, random: true, uuid: true });
});

test.each([
  [{ mode: "warn", scope: "file", repeat: "last", order: "recorded", unplayed: "ignore", stale: "record" }],
  [{ include: ["https://x", /y/, () => true], ignore: [] }],
  [
    {
      match: {
        ignore: ["messages[*].id", "query.alt"],
        headers: ["x-a"],
        normalize: (r: unknown) => r,
        by: () => true,
      },
    },
  ],
  [{ pacing: 0.5 }],
  [{ pacing: "recorded" }],
  [{ chunks: "events" }],
  [{ chunks: { size: 1 } }],
  [{ chunks: { seed: 0 } }],
  [{ fault: { after: { ms: 1.5 }, kind: "error" } }],
  [{ fault: { after: 0, kind: "cut" } }],
  [{ freeze: { time: true } }],
  [{ maxAge: "30d" }],
  [{ maxAge: 1 }],
  [{ maxBytes: 1 }],
  [{ calls: { "*": "live", search: "replay", log: "ignore" } }],
  [{ processes: ["git", /claude/, { command: /agent/, env: ["LANG"] }, { command: "git" }] }],
  [{ liveAfter: "after plan" }],
  [{ redact: { headers: ["x-s"], replace: (text: string) => text, restore: true } }],
  [{ mode: undefined, match: { ignore: undefined } }],
  [
    runInNewContext(
      "({ include: [/x/], ignore: ['y'], match: { headers: ['x'] }, redact: { patterns: [/z/] } })",
    ),
  ],
])("%o is valid", (options) => {
  expect(complaint(options)).toBe("");
});

test.each([
  [{ mdoe: "warn" }],
  [{ mode: "strickt" }],
  [{ mode: "lax" }],
  [{ repeat: true }],
  [{ dir: "tapes" }],
  [{ include: "https://api.openai.com" }],
  [{ ignore: ["ok", 3] }],
  [{ match: { ingore: ["x"] } }],
  [{ match: { ignore: ["a..b"] } }],
  [{ match: { headers: ["x y"] } }],
  [{ match: "body" }],
  [{ pacing: 0 }],
  [{ pacing: Number.POSITIVE_INFINITY }],
  [{ chunks: { size: 0 } }],
  [{ chunks: { size: 1, seed: 1 } }],
  [{ chunks: "lines" }],
  [{ fault: { kind: "cut" } }],
  [{ fault: { after: { chunk: 1 }, kind: "cut" } }],
  [{ fault: { after: 1, kind: "drop" } }],
  [{ fault: true }],
  [{ freeze: { date: true } }],
  [{ freeze: "time" }],
  [{ maxAge: "a month" }],
  [{ redact: false }],
  [{ redact: { patterns: ["sk-.*"] } }],
  [{ maxBytes: "16mb" }],
  [{ calls: { search: "play" } }],
  [{ calls: "live" }],
  [{ processes: "git" }],
  [{ processes: ["git status", { command: /a/, env: "LANG" }, { env: ["LANG"] }] }],
  [{ liveAfter: "" }],
  [null],
  [["strict"]],
])("%o is invalid, and the error lists valid values", (options) => {
  expect(complaint(options)).toMatchSnapshot();
});

test("an error never shows values of redact", () => {
  const message = complaint({
    redact: { values: ["hunter2", "h1"], fields: "hunter4", allow: [7], patterns: ["hunter3"] },
  });
  expect(message).toMatchSnapshot();
  expect(message).not.toContain("hunter");
});

test("every problem is reported at once", () => {
  expect(complaint({ mode: "off", ordre: "any", pacing: -1 })).toMatchSnapshot();
});

test("a problem names who gave the options", () => {
  expect(complaint({ mode: "off" }, checkProjectOptions)).toMatch(
    /^Failed to read the options of the plugin: mode is 'off'/,
  );
});

test("options of the plugin are checked there", () => {
  expect(complaint({ dir: "tapes", outside: "error", placeholderKeys: false }, checkProjectOptions)).toBe("");
  expect(complaint({ dir: "" }, checkProjectOptions)).toMatchSnapshot();
  expect(complaint({ outside: "block" }, checkProjectOptions)).toMatchSnapshot();
});

test("resolving checks its input", () => {
  expect(() => resolveOptions({ environment, test: { mode: "off" as never } })).toThrow(CassetteOptionsError);
  expect(() => resolveOptions({ environment, project: { mode: "off" as never } })).toThrow(
    CassetteOptionsError,
  );
});

test("the plugin says that functions cannot be sent to the workers", () => {
  expect(complaint({ match: { by: () => true } }, packOptions)).toMatch(
    /^Failed to read the options of the cassette\(\) plugin: `match\.by` is a function, and/,
  );
  const tracer: { startSpan(): object; self?: unknown } = { startSpan: () => ({}) };
  tracer.self = tracer;
  expect(complaint({ otel: { tracer } }, packOptions)).toMatch(
    /`otel\.tracer` has functions, and functions cannot be sent .* Call cassetteDefaults\(/,
  );
  expect(packOptions({ otel: { content: true } }).otel).toEqual({ content: true });
});

test("`otel` takes what OpenTelemetry gives, and says what else it would take", () => {
  const options = {
    tracer: { startSpan: () => ({}) },
    meter: { createHistogram: () => ({}) },
    content: true,
  };
  expect(complaint({ otel: options })).toBe("");
  expect(complaint({ otel: options }, checkProjectOptions)).toBe("");
  expect(resolveOptions({ environment, test: { otel: true } }).otel).toEqual({});
  expect(
    resolveOptions({ environment, project: { otel: true }, test: { otel: false } }).otel,
  ).toBeUndefined();
  expect(complaint({ otel: "on" })).toMatch(
    /otel is 'on', but must be true, false or \{ tracer, meter, content \}/,
  );
  expect(complaint({ otel: { tracer: 1 } })).toMatch(
    /otel\.tracer is 1, but must be a Tracer of @opentelemetry\/api/,
  );
  expect(complaint({ otel: { trace: true } })).toMatch(/Unknown option otel\.trace\. Did you mean tracer\?/);
});
