import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type Interaction,
  interactionsOf,
  type RecordedRequest,
  type RecordedResponse,
} from "../../src/cassette/model.ts";
import { parseTape, renderTape } from "../../src/format/index.ts";
import { describeEntry } from "../../src/session/describe-entry.ts";
import { interaction, tape } from "../format/tape-samples.ts";
import { CANARIES, CANARY_ENV } from "../redaction/secrets.ts";
import { GOOGLE_KEY, OPENAI_KEY, requestOf, responseOf } from "../redaction/support.ts";
import { halvesOf, readings } from "../redaction/traces.ts";
import { STREAM_PLACES, WHOLE_PLACES } from "../redaction/traffic.ts";
import { createWorkspace, JOKE, type Workspace } from "./command.ts";

/** Fixes the one tape of a workspace, and holds what every fix has to hold. */
async function fixed(text: string, env: Record<string, string> = {}): Promise<string> {
  using workspace = createWorkspace({ "cassettes/a.yaml": text });
  const before = parseTape(text, { file: "a.yaml" });
  const { code, out } = await workspace.run("check --fix", { env });
  expect(out).toContain("; removed");
  expect(out).toMatch(/1 cassette checked: \d+ secrets? removed\.\nRevoke the keys that were removed/);
  expect(code, out).toBe(0);
  const result = workspace.read("cassettes/a.yaml");
  const after = parseTape(result, { file: "a.yaml" });
  expect(interactionsOf(after).map(shapeOf)).toEqual(interactionsOf(before).map(shapeOf));
  await expectSettled(workspace, env);
  return result;
}

/** What no fix may change. */
function shapeOf({ at, request, response }: Interaction): unknown {
  const { chunks, timing, end, status } = response;
  return [at, request.method, status, timing, end, chunks.length];
}

/** A second time there is nothing to do, and nothing is written. */
async function expectSettled(workspace: Workspace, env: Record<string, string>): Promise<void> {
  const file = join(workspace.root, "cassettes/a.yaml");
  const [text, { mtimeNs, ino }] = [workspace.read("cassettes/a.yaml"), statSync(file, { bigint: true })];
  const { code, out } = await workspace.run("check --fix", { env });
  expect([code, out]).toEqual([0, "1 cassette checked: no problems.\n"]);
  expect(workspace.read("cassettes/a.yaml")).toBe(text);
  expect(statSync(file, { bigint: true })).toMatchObject({ mtimeNs, ino });
}

/** Lines of `after` that are not those of `before`, and how many of `before` are gone. */
function changedLines(before: string, after: string): readonly string[] {
  const old = before.split("\n");
  const lines = after.split("\n");
  expect(lines).toHaveLength(old.length);
  return lines.filter((line, index) => line !== old[index]).map((line) => line.trim());
}

test("a process with secrets in its arguments, environment, input and output", async () => {
  const text = `cassette: 1
interactions:
  - at: 0
    process: agent
    args: ["--api-key", opaque-value-1, "--verbose"]
    env: { AGENT_TOKEN: opaque-value-2 }
    io:
      # asked by hand
      - stdin: '{"password":"opaque-value-3"}'
      - stdout: |
          {"say":"${OPENAI_KEY}"}
          {"end":"done"}
`;
  const result = await fixed(text);
  expect(result).not.toMatch(/opaque-value|sk-/);
  expect(result).toContain(`          {"end":"done"}\n`);
});

test("an interaction with a secret is rendered again: the comments above it and all around it stays", async () => {
  const text = `# reviewed by hand
${JOKE.replace("# 1 ·", `# kept: 1 ·`)
  .replace("/completions", `/completions?key=${GOOGLE_KEY}  # a comment behind`)
  .replace("model: gpt-5-mini", `model:   gpt-5-mini # odd blanks`)
  .replace("stream: true", `api_key:   'hunter''s number two' # quoted`)
  .replace(
    "{ role: user, content: Why",
    `{ role: user,   content: "${OPENAI_KEY} \\u0041 why" } # flow\n          - { role: user, content: Why`,
  )
  .replace('"attracts', `"${OPENAI_KEY} attracts`)}  # between the two
  - request:
      method: GET   # nothing here
      url: 'https://api.openai.com/v1/models'
    response: { body: '{ "data" : [] }' }
# at the end
`;
  const result = await fixed(text);
  // The comments and odd blanks inside the interaction go, those outside stay.
  expect(changedLines(text, result)).toEqual([
    "url: https://api.openai.com/v1/chat/completions?key=<redacted:google-key>",
    "model: gpt-5-mini",
    'api_key: "<redacted:api-key>"',
    '- { role: user, content: "<redacted:openai-key> A why" }',
    expect.stringContaining('{"content":"<redacted:openai-key> attracts bugs."}'),
  ]);
});

const request = (lines: string): string => `cassette: 1
interactions:
  # above
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      ${lines.trim().replaceAll("\n", "\n      ")}
    response: { body: {} } # beside
`;
const response = (lines: string): string => `cassette: 1
interactions:
  # above
  - request: { method: GET, url: "https://api.openai.com/v1/models" } # beside
    response:
      ${lines.trim().replaceAll("\n", "\n      ")}
  # below
`;
const [HEAD, TAIL] = [OPENAI_KEY.slice(0, 60), OPENAI_KEY.slice(60)];

/** Ways in which a person writes what a recording writes otherwise. */
const FORMS: Readonly<Record<string, string>> = {
  "a plain text": request(`body: ${OPENAI_KEY}`),
  "double quotes": request(`body: "a \\"${OPENAI_KEY}\\" b"`),
  "single quotes": request(`body: 'it''s ${OPENAI_KEY}'`),
  "JSON as text": request(
    `headers: { content-type: application/json }\nbody: '{ "api_key" : "hunter22" , "a":1.0 }'`,
  ),
  "JSON in a block": request(
    `headers: { content-type: application/json }\nbody: |-\n  {\n    "text": "${OPENAI_KEY}",\n    "a": 1\n  }`,
  ),
  "a kept block": request(`body: |+\n  one\n  ${OPENAI_KEY}\n\n\nheaders: { accept: text/plain }`),
  "a clipped block with blank lines behind": request(
    `body: |\n  one ${OPENAI_KEY}\n\nheaders: { accept: text/plain }`,
  ),
  "a block with its indentation told": request(`body: |2-\n    deep\n  ${OPENAI_KEY}`),
  "a folded block": request(`body: >\n  one\n  ${OPENAI_KEY}`),
  "a plain text over lines": request(`body: one\n  two ${OPENAI_KEY}`),
  "quotes over lines": request(`body: "one\n  two ${OPENAI_KEY}"`),
  base64: request(
    `encoding: base64\nbody: ${Buffer.from(`\xff ${OPENAI_KEY} \xff`, "latin1").toString("base64")}`,
  ),
  "an object key": request(`body: { "${OPENAI_KEY}": 1, b: "${OPENAI_KEY}" }`),
  "headers as a list": response(
    `headers:\n  - set-cookie: a=1234567890\n  - x-a: "1"\n  - set-cookie: [b=1234567890; Path=/, c=2345678901]\nbody: x`,
  ),
  "an aliased word for the ends of lines": response(
    `headers: { content-type: text/event-stream }\neol: crlf\nbody: |+\n  data: ${OPENAI_KEY}\n\n  data: b\n\n`,
  ),
  "carriage returns": response(`eol: cr\nbody: |\n  one ${OPENAI_KEY}\n  two`),
  "cuts within the secret": response(
    `cuts: [10, 20, 4, ${OPENAI_KEY.length - 24}]\nbody: ab ${OPENAI_KEY} z`,
  ),
  "an event each, without cuts": response(
    `headers: { content-type: text/event-stream }\ntiming: { headers: 1, chunks: [2, 3, 4] }\nbody: |+\n  data: {"choices":[{"index":0,"delta":{"content":"${HEAD}"}}]}\n\n  : comment\n\n  data: {"choices":[{"index":0,"delta":{"content":"${TAIL}"}}]}\n\n`,
  ),
  "a length of its own": response(
    `headers: { content-length: "${OPENAI_KEY.length + 2}" }\nbody: "a ${OPENAI_KEY}"`,
  ),
  "a connection's error": response(
    `end: reset\nerror: { code: ECONNRESET, message: "no ${OPENAI_KEY}" }\nbody: a`,
  ),
  "ends of lines of another system": request(
    `body:\n  api_key: hunter22\n  text: |\n    one\n    ${OPENAI_KEY}\n`,
  ).replaceAll("\n", "\r\n"),
  "all on one line": `cassette: 1\ninteractions: [{ request: { method: GET, url: "https://a.test/?key=${GOOGLE_KEY}" }, response: { body: "${OPENAI_KEY}" } }]\n`,
};

test.each(Object.keys(FORMS))(
  "secrets are taken out of %s, and the comments around it stay",
  async (name) => {
    const text = FORMS[name] as string;
    const result = await fixed(text);
    for (const secret of [OPENAI_KEY, GOOGLE_KEY, HEAD, TAIL, "hunter22", "1234567890", "2345678901"]) {
      expect(result).not.toContain(secret);
    }
    const comments = /# (?:above|below)/g;
    expect(result.match(comments)).toEqual(text.match(comments));
    expect(result.includes("\r")).toBe(text.includes("\r"));
  },
);

test("a comment that holds a secret loses it, and says the rest", async () => {
  const text = JOKE.replace("# 1 ·", `# ${OPENAI_KEY} was the key ·`);
  expect(changedLines(text, await fixed(text))).toEqual([
    "# <redacted:openai-key> was the key · openai chat · gpt-5-mini · 3 tokens · first token 412 ms",
  ]);
});

test("the name of a test that holds a secret loses it", async () => {
  const text = JOKE.replace("# 1 ·", "# kept ·").replace(
    "  - at: 0\n",
    `  - at: 0\n    test: works with ${OPENAI_KEY}\n`,
  );
  expect(changedLines(text, await fixed(text))).toEqual(["test: works with <redacted:openai-key>"]);
});

test("the comment of a recording is renewed with its interaction", async () => {
  const text = JOKE.replace("  # 1 ·", "  # by hand\n  # 1 ·").replace(
    '"attracts',
    `"${OPENAI_KEY} attracts`,
  );
  expect((await fixed(text)).split("\n").slice(4, 10)).toEqual([
    "  # by hand",
    "  # 1 · openai chat · gpt-5-mini · 3 tokens · first token 412 ms",
    "  # > Why do programmers prefer dark mode?",
    "  # < Light <redacted:openai-key> attracts bugs.",
    "  # < finish: stop",
    "  - at: 0",
  ]);
});

test("text that looks like a comment in a body is redacted like the body", async () => {
  const text = response(`body: |\n  # ${OPENAI_KEY}\n  two`);
  const [read] = interactionsOf(parseTape(await fixed(text), { file: "a" }));
  expect(Buffer.concat(read?.response.chunks ?? []).toString()).toBe("# <redacted:openai-key>\ntwo\n");
});

/** A tape with `secret` in every plain place of every provider's traffic, as if nobody had looked. */
function everyPlace(secret: string, at: number): string {
  const whole = WHOLE_PLACES.filter(({ isEncoded }) => !isEncoded).flatMap((place): Interaction[] => [
    ...(place.request ? [of(place.request(secret))] : []),
    ...(place.response ? [of(requestOf({}), place.response(secret))] : []),
  ]);
  const streams = STREAM_PLACES.filter(({ isEncoded }) => !isEncoded).map(({ contentType, events }) => {
    const pieces = ["so ", secret.slice(0, at), secret.slice(at), " it is"];
    return of(requestOf({}), responseOf([...events(pieces)], [["content-type", contentType]]));
  });
  // Such a header cannot be sent.
  const isSent = ({ request }: Interaction): boolean =>
    request.headers.every(([, value]) => !/[^\0-\xff]/.test(value));
  const all = [...whole, ...streams]
    .filter(isSent)
    .flatMap((each, index) => [each, interaction([`data: ${index}\n\n`])]);
  return renderTape(tape(...all), { describe: describeEntry });
}

function of(request: RecordedRequest, response: RecordedResponse = responseOf(["{}"])): Interaction {
  const timing = { headers: 1, chunks: response.chunks.map((_, index) => index + 2) };
  return { kind: "request", at: 0, request, response: { ...response, timing } };
}

test("an encoded secret is reported and left in place, for a person to decide", async () => {
  const secret = CANARIES[0]?.secret ?? "";
  const encoded = Buffer.from(`my key is ${secret}`).toString("base64");
  using workspace = createWorkspace();
  workspace.write("cassettes/a.yaml", renderTape(tape(of(requestOf({ body: { file: encoded } })))));
  const before = workspace.read("cassettes/a.yaml");
  for (const command of ["check --secrets", "check --fix"]) {
    const { code, out } = await workspace.run(command, { env: CANARY_ENV });
    expect(code).toBe(1);
    expect(out).toContain("openai-key in interactions[0].request.body.file (within base64)");
    expect(out).toMatch(/Remove .* by hand, or re-record the cassette\./);
    expect(out).not.toContain("To remove them");
  }
  expect(workspace.read("cassettes/a.yaml")).toBe(before);
});

const SOME = CANARIES.filter((_, index) => index % 16 === 3 || index >= 38);

test.each(SOME)(
  "$name is taken out of all places of all providers, and clean interactions are not touched",
  async ({ secret }) => {
    const text = everyPlace(secret, Math.floor(secret.length / 2));
    const result = await fixed(text, CANARY_ENV);
    const interactions = interactionsOf(parseTape(result, { file: "a.yaml" }));
    for (const { request, response } of interactions) {
      const texts = [request.body ?? new Uint8Array(), Buffer.concat(response.chunks)].flatMap(readings);
      expect(halvesOf(secret).filter((half) => texts.some((each) => each.includes(half)))).toEqual([]);
    }
    // Every second one is clean: it stands there byte for byte.
    const clean = renderTape(tape(interaction(["data: 1\n\n"])))
      .split("interactions:\n")[1]
      ?.replace("data: 1", "data: N");
    const stands = result.replaceAll(/data: \d+\n/g, "data: N\n").split(clean as string).length - 1;
    expect(stands).toBe(interactions.length / 2);
  },
);

test("a tape that may not be written is reported, and stays", async (context) => {
  using workspace = createWorkspace({ "cassettes/a.yaml": response(`body: ${OPENAI_KEY}`) });
  const before = workspace.read("cassettes/a.yaml");
  const folder = join(workspace.root, "cassettes");
  if (spawnSync("chattr", ["+i", folder]).status !== 0) context.skip("folders cannot be protected here");
  try {
    const { code, error } = await workspace.run("check --fix");
    expect(code).toBe(1);
    expect(error).toMatch(
      /^error CASSETTE_WRITE_FAILED: Failed to write cassettes\/a\.yaml: operation not permitted \(EPERM\)\./,
    );
    expect(workspace.read("cassettes/a.yaml")).toBe(before);
  } finally {
    spawnSync("chattr", ["-i", folder]);
  }
});
