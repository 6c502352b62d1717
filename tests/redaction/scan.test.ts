import { expect, test } from "vitest";
import { placesIn } from "../../src/format/index.ts";
import { SecretFoundError } from "../../src/redaction/gate.ts";
import { CANARIES, CANARY_ENV } from "./secrets.ts";
import { ANTHROPIC_KEY, GOOGLE_KEY, OPENAI_KEY, redactorOf, scanOf, sse } from "./support.ts";
import { STREAM_PLACES } from "./traffic.ts";

const tape = (body: string): string => `# a comment
cassette: 1
interactions:
  # 1 · openai chat
  - at: 0
    request:
      method: POST
      url: https://api.test/v1/chat/completions
      body:
        model: gpt-5-mini
        messages:
          - { role: system, content: Be brief }
          - role: user
            content: ${body}
    response:
      status: 200
      body: |+
        data: {"delta":"hello"}

`;

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : `        ${line}`))
    .join("\n");
const inBlock = (stream: string): string =>
  tape("hi").replace(indented('data: {"delta":"hello"}\n\n'), indented(stream));

test("a clean tape has no findings", () => {
  expect(redactorOf({}, CANARY_ENV).scan(tape("hello <redacted:openai-key>"))).toEqual([]);
});

test.each([
  `|\n              Line\n              Example: sk-proj-${"x".repeat(36)}\n              end of it`,
  `|\n              Example: ghp_${"x".repeat(36)}\n              and more of it 2026`,
  `Example sk-proj-${"A".repeat(60)}`,
  `a long one that is folded\n              sk-${"x".repeat(32)}\n              goes on with word1 and word2`,
])("a dummy is no finding, whatever the next line begins with: %j", (body) => {
  expect(redactorOf({}, CANARY_ENV).scan(tape(body))).toEqual([]);
});

test.each([
  [
    "?key=value at the end of a line",
    "|\n              GET /v1/models?key=abcd1234\n              and then some more words 2026",
  ],
  [
    "a word that begins like a key",
    "|\n              see sk-learn-docs-2024\n              for more of that",
  ],
  [
    "lines of hexadecimal",
    `|\n              ${"0123456789abcdef".repeat(4)}\n              ${"fedcba9876543210".repeat(4)}`,
  ],
  ["a list of small numbers", "|\n              [1, 2, 3, 115, 107, 45, 300]\n              ok"],
  ["a path in base64's alphabet", "src/components/deeply/nested/folder/with/many/parts/index"],
  [
    "an identifier of 64 letters and digits",
    "b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184",
  ],
])("ordinary text is no finding: %s", (_, body) => {
  const clean = tape(body.replace("key=abcd1234", "key=short1"));
  expect(redactorOf({}, CANARY_ENV).scan(clean)).toEqual([]);
});

test("a key that is cut by a line break is found, in a tape and in a separate text", () => {
  const [first, rest] = [OPENAI_KEY.slice(0, 40), OPENAI_KEY.slice(40)];
  expect(redactorOf().scan(tape(`|\n              it is ${first}\n              ${rest} ok`))).toMatchObject([
    { type: "openai-key", line: 15 },
  ]);
  const env = { APP_TOKEN: "0paque-Value-of-the-app-77" };
  const cut = `|\n              it is ${env.APP_TOKEN.slice(0, 14)}\n              ${env.APP_TOKEN.slice(14)} ok`;
  expect(redactorOf({}, env).scan(tape(cut))).toMatchObject([{ type: "app-token", line: 15 }]);
});

test("a finding names the line, the column and the path, and never the secret", () => {
  const findings = scanOf(redactorOf(), tape(`key ${OPENAI_KEY}`));
  expect(findings).toEqual([
    { type: "openai-key", line: 14, column: 26, path: "interactions[0].request.body.messages[1].content" },
  ]);
  expect(scanOf(redactorOf(), inBlock(sse({ delta: ANTHROPIC_KEY })))).toEqual([
    { type: "anthropic-key", line: 18, column: expect.any(Number), path: "interactions[0].response.body" },
  ]);
});

test("lines of ten million characters are scanned", () => {
  const long = "a".repeat(10_000_000);
  expect(redactorOf().scan(tape(long))).toEqual([]);
  expect(redactorOf().scan(tape(`eyJ${long}`))).toEqual([]);
  expect(redactorOf().scan(inBlock(long))).toEqual([]);
  expect(redactorOf().scan(tape(`${long} ${OPENAI_KEY}`))).toHaveLength(1);
});

test("each of forty secrets is found, plain, escaped, folded, in base64 and in pieces", () => {
  const redactor = redactorOf({}, CANARY_ENV);
  for (const { secret, name } of CANARIES) {
    const half = secret.length >> 1;
    const ways = [
      tape(`it is ${secret}`),
      tape(JSON.stringify(`it is ${secret}`)),
      tape(`"it is ${secret.slice(0, half)}\\\n              ${secret.slice(half)}"`),
      tape(
        `"${Array.from(secret, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"`,
      ),
      inBlock(sse({ delta: secret.slice(0, half) }, { delta: secret.slice(half) })),
    ];
    ways.forEach((text, way) => {
      expect(redactor.scan(text).length, `${name}, way ${way}`).toBeGreaterThan(0);
      expect(JSON.stringify(redactor.scan(text))).not.toContain(secret);
    });
  }
});

test("secrets in frames of AWS are found in the lines of base64 that hold them", () => {
  const secret = OPENAI_KEY;
  for (const place of STREAM_PLACES.filter(({ name }) => name.startsWith("Bedrock"))) {
    const bytes = Buffer.concat(
      place.events([secret.slice(0, 25), secret.slice(25)]).map((frame) => frame as Uint8Array),
    );
    const lines = bytes.toString("base64").match(/.{1,76}/g) ?? [];
    const text = tape("hi").replace(
      /body: \|\+[\s\S]*/,
      `encoding: base64\n      body: |\n${lines.map((line) => `        ${line}\n`).join("")}`,
    );
    const findings = scanOf(redactorOf(), text);
    expect(findings, place.name).toMatchObject([
      { type: "openai-key", path: "interactions[0].response.body" },
    ]);
    expect(findings[0]?.encoding).toContain("event stream frames");
    expect(findings[0]?.line).toBeGreaterThanOrEqual(19);
  }
});

test("text that looks like a secret passes the gate if the user allows it by text, pattern, path or field", () => {
  const guess = `sk-${"aB3dE5gH7jK9mN1pQ2sT".repeat(2)}`;
  const text = inBlock(sse({ item: { encrypted_content: guess } }));
  expect(scanOf(redactorOf(), text)).toHaveLength(1);
  for (const allow of [
    guess,
    "/^sk-aB3/",
    "response.body",
    "**.encrypted_content",
    "response.body.item.encrypted_content",
  ]) {
    expect(scanOf(redactorOf({ allow: [allow] }), text), allow).toEqual([]);
  }
  for (const allow of [
    "sk-other",
    "/^sk-ant/",
    "request.body",
    "**.content",
    "request.body.encrypted_content",
  ]) {
    expect(scanOf(redactorOf({ allow: [allow] }), text), allow).toHaveLength(1);
  }
});

test("the key of a vendor passes the gate only by its very text, and a value of the environment by nothing", () => {
  const env = { APP_TOKEN: "opaque-value-0001" };
  for (const [secret, byText] of [
    [OPENAI_KEY, 0],
    [env.APP_TOKEN, 1],
  ] as const) {
    const text = inBlock(sse({ content: secret }));
    for (const allow of [
      "**.content",
      "response.body",
      `/${secret}/`,
      "/./",
      `${secret.slice(0, -1)}!`,
      `${secret}!`,
    ]) {
      expect(scanOf(redactorOf({ allow: [allow] }, env), text), allow).toHaveLength(1);
    }
    expect(scanOf(redactorOf({ allow: [secret] }, env), text)).toHaveLength(byText);
    expect(scanOf(redactorOf({ allow: [`{"content":"${secret}"}`] }, env), text)).toHaveLength(byText);
  }
});

test("a tape with a secret is refused with the location, the kind and the next step", () => {
  const redactor = redactorOf({}, { APP_TOKEN: "opaque-value-0001" });
  expect(() => redactor.assertClean(tape("hi"), "cassettes/a.yaml")).not.toThrow();
  const refuse = (text: string): unknown => {
    try {
      redactor.assertClean(text, "cassettes/a.yaml", placesIn);
      return undefined;
    } catch (thrown) {
      return thrown;
    }
  };
  const error = refuse(tape(`key ${OPENAI_KEY}`));
  expect(error).toBeInstanceOf(SecretFoundError);
  expect(error).toMatchObject({ code: "CASSETTE_SECRET_FOUND", file: "cassettes/a.yaml" });
  expect((error as Error).message).toMatchInlineSnapshot(`
    "Failed to write cassettes/a.yaml: it contains 1 secret. Nothing was written.
      cassettes/a.yaml:14:26  openai-key in interactions[0].request.body.messages[1].content
    If a secret is in a prompt, take it out of the prompt in the test, or replace it with redact.replace.
    If this is a false positive, add this exact text to redact.allow."
  `);
  const encoded = Buffer.from(`id: opaque-value-0001, ${OPENAI_KEY}`).toString("base64");
  expect((refuse(tape(encoded)) as Error).message).toMatchInlineSnapshot(`
    "Failed to write cassettes/a.yaml: it contains 2 secrets. Nothing was written.
      cassettes/a.yaml:14:27  app-token in interactions[0].request.body.messages[1].content (within base64)
      cassettes/a.yaml:14:52  openai-key in interactions[0].request.body.messages[1].content (within base64)
    If a secret is in a prompt, take it out of the prompt in the test, or replace it with redact.replace.
    If this is a false positive, add this exact text to redact.allow.
    The value of an environment variable with a secret's name (such as API_TOKEN) cannot be allowed. If it is not a secret, rename the variable, or unset it while you record."
  `);
});

test("a field that can be redacted is distinguished from a prompt", () => {
  const message = (...paths: readonly string[]): string =>
    new SecretFoundError(
      "a.yaml",
      paths.map((path) => ({ type: "key", line: 1, column: 1, path })),
    ).message;
  const field = "add the name of its field to redact";
  const prompt = "take it out of the prompt in the test, or replace it with redact.replace";
  const [inField, inPrompt] = ["interactions[0].request.body.user", "interactions[0].request.body.input"];
  expect(message(inField)).toContain(field);
  expect(message(inField)).not.toContain(prompt);
  expect(message(inPrompt)).toContain(prompt);
  expect(message(inPrompt)).not.toContain(field);
  expect(message(inPrompt, inField)).toContain(prompt);
  expect(message(inPrompt, inField)).toContain(field);
  expect(message("interactions[0].response.body")).toContain(field);
  expect(message("interactions[0].request.body")).toContain(field);
});

test("the place of a finding is named without the secret that a key in it holds", () => {
  const env = { DB_PASSWORD: 'pa"ss\\word-1' };
  const key = `k ${env.DB_PASSWORD}`;
  const text = `cassette: 1\ninteractions:\n  - request:\n      body:\n        ${JSON.stringify(key)}:\n          deep: ${OPENAI_KEY}\n`;
  const paths = scanOf(redactorOf({}, env), text).map(({ path }) => path);
  expect(paths).toEqual([
    expect.stringContaining("interactions[0].request.body"),
    'interactions[0].request.body["k <redacted:db-password>"].deep',
  ]);
});

test("the beginning of a line of base64 is no key, but text after other lines is", () => {
  const line = `${GOOGLE_KEY}${"aB3/".repeat(20)}`.slice(0, 76);
  const data = `      body: |\n        ${"Qx9+".repeat(19)}\n        ${line}\n`;
  expect(redactorOf().scan(data)).toEqual([]);
  const list = `      body: |\n        ${"Qx9-".repeat(19)}\n        ${GOOGLE_KEY}\n        ${"Qx9+".repeat(18)}\n        ${GOOGLE_KEY}\n`;
  expect(
    redactorOf()
      .scan(list)
      .map(({ line }) => line),
  ).toEqual([3, 5]);
});
