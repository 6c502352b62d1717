import { expect, test } from "vitest";
import { profiles } from "../../src/providers/registry.ts";
import { createRedactor } from "../../src/redaction/redactor.ts";
import { CANARIES } from "./secrets.ts";
import { GOOGLE_KEY, OPENAI_KEY, redactorOf, requestOf, responseOf, sse, textOf } from "./support.ts";

const OTHER_KEY = OPENAI_KEY.replace("aB3dE", "Zz9yX");

test("within a tape the same secret has the same placeholder and another the next number", () => {
  const redactor = redactorOf();
  const first = redactor.redactRequest(requestOf({ body: { a: OPENAI_KEY, b: OTHER_KEY, c: OPENAI_KEY } }));
  expect(JSON.parse(textOf(first))).toEqual({
    a: "<redacted:openai-key>",
    b: "<redacted:openai-key-2>",
    c: "<redacted:openai-key>",
  });
  const second = redactor.redactResponse(responseOf([sse({ delta: OTHER_KEY })]));
  expect(textOf(second)).toBe(sse({ delta: "<redacted:openai-key-2>" }));
  expect(redactor.redactUrl(`https://x.test/?token=${OTHER_KEY}`)).toBe(
    "https://x.test/?token=<redacted:openai-key-2>",
  );
});

test("a placeholder that stands in broken JSON names no secret", () => {
  const body = (name: string) =>
    `data: {"partialArgs":[{"jsonPath":"$.note"${name},"stringValue"\0-ata":{"promptTokenCount":7}}\n\n` +
    'data: {"partialArgs":[{"jsonPath":"$.note","stringValue":" is"}]}\n\n';
  const redactor = redactorOf();
  const once = redactor.redactResponse(responseOf([body(`hf_${"aB3dE6gH9k".repeat(4).slice(0, 34)}`)]));
  expect(textOf(once)).toBe(body("<redacted:huggingface-token>"));
  expect(textOf(redactor.redactResponse(once))).toBe(textOf(once));
});

test("numbers follow the order in which secrets stand, whatever is found first", () => {
  const body = { a: `${OTHER_KEY.slice(0, 30)}`, b: JSON.stringify({ x: OTHER_KEY }), c: OPENAI_KEY };
  const redacted = JSON.parse(textOf(redactorOf().redactRequest(requestOf({ body }))));
  expect(redacted.b).toBe('{"x":"<redacted:openai-key>"}');
  expect(redacted.c).toBe("<redacted:openai-key-2>");
});

test("a placeholder is named after the secret's shape, else its variable, else its field", () => {
  const redactor = redactorOf(
    { values: ["my-own-value"], patterns: [/ticket-\d+/] },
    { APP_TOKEN: "opaque-value-1", GOOGLE_API_KEY: GOOGLE_KEY },
  );
  const body = {
    a: `?key=${GOOGLE_KEY}`,
    api_key: "opaque-value-1",
    password: "hunter2",
    b: "my-own-value",
    c: "ticket-12",
  };
  expect(JSON.parse(textOf(redactor.redactRequest(requestOf({ body }))))).toEqual({
    a: "?key=<redacted:google-key>",
    api_key: "<redacted:app-token>",
    password: "<redacted:password>",
    b: "<redacted:custom>",
    c: "<redacted:custom-2>",
  });
});

test("the longest value is taken first, and short, common and path-like ones are left alone", () => {
  const env = {
    A_TOKEN: "opaque-1234",
    B_TOKEN: "opaque-1234-longer",
    SHORT_KEY: "abc123",
    MODE_SECRET: "development",
    KEY_FILE_KEY: "/home/ana/.ssh/id_rsa.key",
    LANG_KEY: "en",
    PASSWORD: "password",
    PUBLIC_KEY: "public-opaque-value-1",
    NOT_SECRETIVE: "another-opaque-value",
  };
  const body = {
    text: "opaque-1234-longer opaque-1234 abc123 development /home/ana/.ssh/id_rsa.key en password public-opaque-value-1 another-opaque-value",
  };
  expect(JSON.parse(textOf(redactorOf({}, env).redactRequest(requestOf({ body }))))).toEqual({
    text: "<redacted:b-token> <redacted:a-token> abc123 development /home/ana/.ssh/id_rsa.key en password public-opaque-value-1 another-opaque-value",
  });
});

test("the value of a non-secret key is no secret, the value of a password is", () => {
  const env = {
    SORT_KEY: "created_at",
    CACHE_KEY: "conversation",
    PARTITION_KEY: "chat.completion",
    FEATURE_TOKEN: "application/json",
    BASE_KEY: "https://api.openai.com/v1",
    OPENAI_API_KEY: "my-openai-key",
    SIGNING_KEY: "qwrtzpsdfghj",
    HOOK_KEY: "https://x.test/hooks/opaque",
    DB_PASSWORD: "conversation-at",
  };
  const body = { text: Object.values(env).join(" ") };
  expect(JSON.parse(textOf(redactorOf({}, env).redactRequest(requestOf({ body }))))).toEqual({
    text: "created_at conversation chat.completion application/json https://api.openai.com/v1 <redacted:openai-api-key> <redacted:signing-key> <redacted:hook-key> <redacted:db-password>",
  });
});

test("a value has one placeholder, be it plain, in a URL, or with the escapes of JSON in a text that is no JSON", () => {
  const env = { DB_PASSWORD: 'pa"ss\\wörd-1' };
  const inJson = JSON.stringify(env.DB_PASSWORD).slice(1, -1);
  const redactor = redactorOf({}, env);
  const text = `log: ${env.DB_PASSWORD}, then ${inJson}, then ${encodeURIComponent(env.DB_PASSWORD)}.`;
  expect(textOf(redactor.redactResponse(responseOf([text])))).toBe(
    "log: <redacted:db-password>, then <redacted:db-password>, then <redacted:db-password>.",
  );
  const half = inJson.slice(0, 5);
  const args = [sse({ delta: `{"note":"${half}` }), sse({ delta: `${inJson.slice(5)}","n":1}` })];
  const redacted = textOf(redactor.redactResponse(responseOf(args)));
  expect(redacted).toBe(sse({ delta: '{"note":"<redacted:db-password>' }) + sse({ delta: '","n":1}' }));
});

test("the password in a URL of the environment is a secret", () => {
  const env = { DATABASE_URL: "postgres://app:pa%40ssphrase-9@db.test:5432/app" };
  const text = redactorOf({}, env).redactText("used pa%40ssphrase-9 and pa@ssphrase-9");
  expect(text).toBe("used <redacted:database-url> and <redacted:database-url-2>");
});

test("text that is already redacted is left unchanged", () => {
  for (const { secret } of CANARIES) {
    const redactor = redactorOf();
    const request = requestOf({
      url: `https://user:${encodeURIComponent(secret)}@x.test/${encodeURIComponent(secret)}?key=${secret}&q=1`,
      headers: [["anthropic-beta", secret.replace(/[^\x20-\x7e]/g, "")]],
      body: {
        api_key: secret,
        text: `a ${secret} b`,
        args: JSON.stringify({ token: secret }),
      },
    });
    const once = redactor.redactRequest(request);
    expect(redactorOf().redactRequest(once)).toBe(once);
    const answer = responseOf(
      [sse({ delta: secret.slice(0, 30) }, { delta: secret.slice(30) })],
      [
        ["set-cookie", "a=b; Path=/"],
        ["x-request-id", "r1"],
      ],
    );
    const response = redactor.redactResponse(answer);
    expect(redactorOf().redactResponse(response)).toBe(response);
  }
});

test("requests that differ in their secrets alone are the same for matching, live and from a tape", () => {
  const of = (secret: string) =>
    requestOf({
      url: `https://x.test/v1/m/${encodeURIComponent(secret)}?alt=sse&key=${encodeURIComponent(secret)}`,
      body: {
        api_key: secret,
        text: `a ${secret} b`,
        args: JSON.stringify({ note: secret }),
        list: [{ [secret]: 1 }],
      },
    });
  const shaped = CANARIES.filter(({ variable }) => variable === undefined);
  const expected = redactorOf().redactForMatching(of(OPENAI_KEY));
  for (const { secret } of shaped) {
    const live = of(secret);
    const taped = redactorOf().redactRequest(live);
    expect(redactorOf().redactForMatching(live)).toEqual(expected);
    expect(redactorOf().redactForMatching(taped)).toEqual(expected);
  }
  for (const { secret, variable } of CANARIES) {
    if (variable === undefined) continue;
    const redactor = redactorOf({}, { [variable]: secret });
    expect(redactor.redactForMatching(of(secret))).toEqual(expected);
    // The machine that plays the tape has no such variable.
    expect(redactorOf().redactForMatching(redactor.redactRequest(of(secret)))).toEqual(expected);
  }
  expect(expected.url).toBe("https://x.test/v1/m/<redacted>?alt=sse");
});

test("matching does not depend on earlier redactions, and leaves the numbers of the tape unchanged", () => {
  const request = requestOf({ body: { a: OTHER_KEY } });
  const used = redactorOf();
  used.redactRequest(requestOf({ body: { a: OPENAI_KEY } }));
  expect(used.redactForMatching(request)).toEqual(redactorOf().redactForMatching(request));
  expect(textOf(used.redactRequest(request))).toBe('{"a":"<redacted:openai-key-2>"}');
});

test("a compared header is kept, with a placeholder if it is secret", () => {
  const redactor = createRedactor(
    {},
    { env: {}, profiles, keepHeaders: ["X-Tenant", "authorization", "x-app-*"] },
  );
  const request = requestOf({
    headers: [
      ["x-tenant", "acme"],
      ["Authorization", "Bearer opaque"],
      ["X-App-Version", "3"],
      ["x-other", "1"],
    ],
  });
  expect(redactor.redactRequest(request).headers).toEqual([
    ["x-tenant", "acme"],
    ["Authorization", "Bearer <redacted:authorization>"],
    ["X-App-Version", "3"],
  ]);
  expect(redactor.redactForMatching(request).headers[1]).toEqual(["Authorization", "Bearer <redacted>"]);
});

test("with restore a placeholder gets the environment's value back, escaped as its place needs it", () => {
  const env = { OPENAI_API_KEY: OPENAI_KEY, OPENAI_ADMIN_KEY: OTHER_KEY, DB_PASSWORD: 'qu"ote\\value-1' };
  const response = responseOf(
    [
      sse(
        { delta: `a ${OPENAI_KEY}` },
        { delta: env.DB_PASSWORD, args: JSON.stringify({ n: env.DB_PASSWORD }) },
      ),
    ],
    [["location", `https://x.test/?q=${encodeURIComponent(env.DB_PASSWORD)}`]],
  );
  const taped = redactorOf({}, env).redactResponse(response);
  expect(textOf(taped)).not.toContain("quote");
  const restored = redactorOf({ restore: true }, env).restore(taped);
  expect(textOf(restored)).toBe(textOf(response));
  expect(restored.chunks).toHaveLength(response.chunks.length);
  expect(redactorOf({}, env).restore(taped)).toBe(taped);
  // A machine without the variables plays the placeholders.
  expect(redactorOf({ restore: true }).restore(taped)).toBe(taped);
});

test("restore gives a provider's key for its placeholder though the machine's key has another shape", () => {
  const taped = responseOf([
    JSON.stringify({ key: "<redacted:anthropic-key>", second: "<redacted:openai-organization>" }),
  ]);
  const restored = redactorOf({ restore: true }, { ANTHROPIC_API_KEY: "placeholder-for-anthropic" }).restore(
    taped,
  );
  expect(JSON.parse(textOf(restored))).toEqual({
    key: "placeholder-for-anthropic",
    second: "<redacted:openai-organization>",
  });
});

test("the user's function is given every text without its secrets, and only changes what it changes", () => {
  const seen: string[] = [];
  const replace = (text: string): string => {
    seen.push(text);
    return text.replaceAll("Ana Sol", "Jane Roe").replace(/ticket \d+/g, "ticket");
  };
  const redactor = redactorOf({ replace });
  const text = `{ "a": "for Ana Sol, \\"ticket 77\\"",\n "k": "${OPENAI_KEY}", "n": 1.0 }`;
  expect(textOf(redactor.redactRequest(requestOf({ body: text })))).toBe(
    '{ "a": "for Jane Roe, \\"ticket\\"",\n "k": "<redacted:openai-key>", "n": 1.0 }',
  );
  const response = responseOf([sse({ delta: "hello An" }), sse({ delta: "a Sol" }, { delta: ", bye" })]);
  const redacted = redactor.redactResponse(response);
  expect(redacted.chunks).toHaveLength(2);
  const joined = textOf(redacted)
    .match(/"delta":"(.*?)"/g)
    ?.map((field) => JSON.parse(`{${field}}`).delta)
    .join("");
  expect(joined).toBe("hello Jane Roe, bye");
  expect(seen.some((given) => given.includes(OPENAI_KEY))).toBe(false);
});

test("allowed text stays, by text, pattern or path", () => {
  const guess = (start: string): string => `sk-${start}${"aB3dE5gH7jK9mN1pQ2sT".repeat(2)}`;
  const body = {
    example: OPENAI_KEY,
    item: { encrypted_content: guess("one") },
    list: [{ note: guess("two") }],
    other: guess("three"),
  };
  const request = requestOf({ body });
  const left = (allow: string[]): unknown => JSON.parse(textOf(redactorOf({ allow }).redactRequest(request)));
  expect(left([])).toEqual({
    example: "<redacted:openai-key>",
    item: { encrypted_content: "<redacted:api-key>" },
    list: [{ note: "<redacted:api-key-2>" }],
    other: "<redacted:api-key-3>",
  });
  const allow = [OPENAI_KEY, "/^sk-three/", "request.body.list[*].note", "**.encrypted_content"];
  expect(redactorOf({ allow }).redactRequest(request)).toBe(request);
  expect(left(["**.encrypted_content"])).toMatchObject({ item: body.item, other: "<redacted:api-key-2>" });
  const withUrl = requestOf({
    url: `https://x.test/?q=${guess("a")}`,
    headers: [["anthropic-beta", guess("b")]],
  });
  const places = ["request.url", "request.headers.anthropic-beta"];
  expect(redactorOf({ allow: places }).redactRequest(withUrl)).toBe(withUrl);
});

test("the key of a vendor stays only if its very text is allowed, and a value of the environment never", () => {
  const env = { APP_TOKEN: "opaque-value-0001" };
  const request = requestOf({ body: { content: OPENAI_KEY, note: env.APP_TOKEN } });
  for (const allow of [
    "**.content",
    "**.note",
    "request.body",
    "/./",
    env.APP_TOKEN,
    OPENAI_KEY.slice(0, -1),
  ]) {
    expect(textOf(redactorOf({ allow: [allow] }, env).redactRequest(request)), allow).toBe(
      '{"content":"<redacted:openai-key>","note":"<redacted:app-token>"}',
    );
  }
  expect(textOf(redactorOf({ allow: [OPENAI_KEY] }, env).redactRequest(request))).toBe(
    `{"content":"${OPENAI_KEY}","note":"<redacted:app-token>"}`,
  );
});

test("messages lose the secrets that they quote or name", () => {
  const redactor = redactorOf({}, { APP_TOKEN: "opaque-value-1" });
  expect(
    redactor.redactText(
      `401 for opaque-value-1: x-api-key: abc12345, "password":"hunter22", authorization=Bearer zzz999zzz, max_tokens: 123456 of ${OPENAI_KEY}`,
    ),
  ).toBe(
    '401 for <redacted:app-token>: x-api-key: <redacted:x-api-key>, "password":"<redacted:password>", authorization=Bearer <redacted:authorization>, max_tokens: 123456 of <redacted:openai-key>',
  );
});

test("messages lose the values of the environment that they show in base64", () => {
  const redactor = redactorOf({}, { APP_TOKEN: "opaque-value-1" });
  const basic = Buffer.from("user:opaque-value-1!").toString("base64");
  const shown = redactor.redactText(`401 for cursor=${basic}`);
  expect(shown).toContain("<redacted:app-token>");
  expect(shown).not.toContain(basic.slice(8, 24));
});

test("dummy keys stay unchanged", () => {
  const body = {
    a: "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    b: `AIza${"X".repeat(35)}`,
    c: "Bearer YOUR_API_KEY",
    d: "org-XXXXXXXXXXXXXXXXXXXXXXXX",
    e: "sk-learn-models-and-more-of-them",
    f: "task-0123456789abcdef0123456789abcdef",
  };
  const request = requestOf({ body });
  expect(redactorOf().redactRequest(request)).toBe(request);
});

test("invalid options are refused with the reason, and without the value", () => {
  expect(() => redactorOf({ values: ["abc", "long enough"] })).toThrowErrorMatchingInlineSnapshot(
    `[RedactOptionsError: Failed to read redact.values: 1 of 2 are shorter than 4 characters, and would match inside words. Use redact.fields or redact.patterns instead.]`,
  );
  expect(() => redactorOf({ allow: ["/(/"] })).toThrowErrorMatchingInlineSnapshot(
    `[RedactOptionsError: Failed to read redact.allow: /(/ is not a regular expression (Invalid regular expression: /(/: Unterminated group). Expected a text, a path ("**.encrypted_content") or a pattern between slashes.]`,
  );
});

test("a password in a URL is found in any text, and a key of several lines with its line ends written out", () => {
  const env = { DEPLOY_KEY: "first-line-1\\nsecond-line-2" };
  expect(
    redactorOf({}, env).redactText("git clone https://bot:pw-1234@git.test/a at http://localhost:80/@x"),
  ).toBe("git clone https://bot:<redacted:url-password>@git.test/a at http://localhost:80/@x");
  expect(redactorOf({}, env).redactText("a first-line-1\nsecond-line-2 b")).toBe("a <redacted:deploy-key> b");
});
