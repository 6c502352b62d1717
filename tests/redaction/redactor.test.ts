import { expect, test } from "vitest";
import {
  ANTHROPIC_KEY,
  GOOGLE_KEY,
  OPENAI_KEY,
  redactorOf,
  requestOf,
  responseOf,
  sse,
  textOf,
} from "./support.ts";

test("request headers are kept by allow-list", () => {
  const { headers } = redactorOf().redactRequest(
    requestOf({
      headers: [
        ["Authorization", `Bearer ${OPENAI_KEY}`],
        ["Content-Type", "application/json; charset=utf-8"],
        ["x-api-key", "opaque"],
        ["Cookie", "a=b"],
        ["anthropic-version", "2023-06-01"],
        ["x-stainless-os", "Linux"],
        ["accept", "text/event-stream"],
      ],
    }),
  );
  expect(headers).toEqual([
    ["Content-Type", "application/json; charset=utf-8"],
    ["anthropic-version", "2023-06-01"],
    ["accept", "text/event-stream"],
  ]);
});

test("response headers that name an account or a cookie keep their line and lose their value, ids of calls keep both", () => {
  const response = responseOf(
    ["{}"],
    [
      ["content-type", "application/json"],
      ["openai-organization", "acme"],
      ["x-request-id", "req_123"],
      ["CF-Ray", "8f-FRA"],
      ["set-cookie", "__cf_bm=abc.def; Path=/; HttpOnly"],
      ["set-cookie", "_cfuvid=xyz; Path=/"],
      ["x-ratelimit-remaining-tokens", "149984"],
      ["anthropic-ratelimit-tokens-limit", "80000"],
      ["retry-after", "1"],
    ],
  );
  expect(redactorOf().redactResponse(response).headers).toEqual([
    ["content-type", "application/json"],
    ["openai-organization", "<redacted:openai-organization>"],
    ["x-request-id", "req_123"],
    ["CF-Ray", "8f-FRA"],
    ["set-cookie", "__cf_bm=<redacted:cookie>; Path=/; HttpOnly"],
    ["set-cookie", "_cfuvid=<redacted:cookie-2>; Path=/"],
    ["x-ratelimit-remaining-tokens", "149984"],
    ["anthropic-ratelimit-tokens-limit", "80000"],
    ["retry-after", "1"],
  ]);
});

test("a URL in a header is read as a URL, and a cookie's value ends where it ends", () => {
  const response = responseOf(
    ["{}"],
    [
      ["Location", "/cb?code=1&token=abc#access_token=def"],
      ["set-cookie", 'sid="a;b"; Path=/'],
      ["x-tenant-id", "acme"],
    ],
  );
  expect(redactorOf().redactResponse(response).headers).toEqual([
    ["Location", "/cb?code=1&token=<redacted:token>#access_token=<redacted:access-token>"],
    ["set-cookie", "sid=<redacted:cookie>; Path=/"],
    ["x-tenant-id", "<redacted:x-tenant-id>"],
  ]);
});

test("a user's name and password end at the last @ before the host", () => {
  expect(redactorOf().redactUrl("https://bob:a@b@x.test/p@q")).toBe("https://<redacted:userinfo>@x.test/p@q");
});

test("query parameters go by name, the rest of the URL keeps its bytes", () => {
  const redactor = redactorOf();
  expect(redactor.redactUrl(`https://x.test/v1beta/m:g?key=${GOOGLE_KEY}&alt=sse&q=a%20b`)).toBe(
    "https://x.test/v1beta/m:g?key=<redacted:google-key>&alt=sse&q=a%20b",
  );
  expect(redactor.redactUrl("https://x.test/?access_token=a%2Fb&max_tokens=5#id_token=zz")).toBe(
    "https://x.test/?access_token=<redacted:access-token>&max_tokens=5#id_token=<redacted:id-token>",
  );
  expect(redactor.redactUrl("https://me:pw@x.test/a")).toBe("https://<redacted:userinfo>@x.test/a");
  const plain = "https://x.test/v1/models?page=2&token_count=3";
  expect(redactor.redactUrl(plain)).toBe(plain);
});

test("body fields go by the segments of their names, at any depth", () => {
  const body = {
    max_tokens: 10,
    token_count: 3,
    tokenizer: "cl100k",
    secretary: "Ana",
    prompt_cache_key: "stays",
    accessToken: "at-1",
    deep: [{ "client-secret": "cs", apiKey: "ak", password: 12345678, next_page_token: "p2" }],
    tool: { arguments: '{"refresh_token":"rt","n":1}' },
  };
  const redacted = redactorOf().redactRequest(
    requestOf({ body, headers: [["content-type", "application/json; charset=utf-8"]] }),
  );
  expect(JSON.parse(textOf(redacted))).toEqual({
    ...body,
    accessToken: "<redacted:access-token>",
    deep: [
      {
        "client-secret": "<redacted:client-secret>",
        apiKey: "<redacted:api-key>",
        password: "<redacted:password>",
        next_page_token: "p2",
      },
    ],
    tool: { arguments: '{"refresh_token":"<redacted:refresh-token>","n":1}' },
  });
});

test("forms and multipart bodies lose the fields whose names are secret", () => {
  const redactor = redactorOf();
  const form = requestOf({
    headers: [["content-type", "application/x-www-form-urlencoded"]],
    body: "grant_type=client_credentials&client_secret=s%2Bx&scope=a+b",
  });
  expect(textOf(redactor.redactRequest(form))).toBe(
    "grant_type=client_credentials&client_secret=<redacted:client-secret>&scope=a+b",
  );
  const multipart = requestOf({
    headers: [["content-type", "multipart/form-data; boundary=XX"]],
    body: '--XX\r\nContent-Disposition: form-data; name="api_key"\r\n\r\nopaque\r\n--XX\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\ntext\r\n--XX--\r\n',
  });
  expect(textOf(redactor.redactRequest(multipart))).toBe(
    '--XX\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n<redacted:api-key>\r\n--XX\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\ntext\r\n--XX--\r\n',
  );
});

test("a boundary that also stands in the middle of a line ends no part", () => {
  const form = (secret: string): string =>
    `--B\r\ncontent-disposition: form-data; name="api_key"\r\n\r\n${secret}\r\n--B--\r\n`;
  const headers: [string, string][] = [["content-type", "multipart/form-data; boundary=B"]];
  const redactor = redactorOf();
  const live = requestOf({ headers, body: form("a--B, \r\nand more\n") });
  const taped = redactor.redactRequest(live);
  expect(textOf(taped)).toBe(form("<redacted:api-key>"));
  expect(redactor.redactForMatching(live)).toEqual(redactor.redactForMatching(taped));
});

test("keys are found by their shape and by the environment, with one placeholder for each", () => {
  const redactor = redactorOf({}, { MY_SERVICE_TOKEN: "opaque-value-123", SHORT_KEY: "abc" });
  const redacted = redactor.redactRequest(
    requestOf({
      body: {
        a: `x ${OPENAI_KEY} y`,
        [ANTHROPIC_KEY]: 1,
        b: `${OPENAI_KEY}`,
        c: "opaque-value-123",
        d: "abc",
      },
    }),
  );
  expect(JSON.parse(textOf(redacted))).toEqual({
    a: "x <redacted:openai-key> y",
    "<redacted:anthropic-key>": 1,
    b: "<redacted:openai-key>",
    c: "<redacted:my-service-token>",
    d: "abc",
  });
});

test("a key that the events of a stream share out is found, and every event keeps its place", () => {
  const [first, second] = [OPENAI_KEY.slice(0, 10), OPENAI_KEY.slice(10)];
  const chunks = [sse({ delta: `key: ${first}` }), sse({ delta: `${second} ok` })];
  const redacted = redactorOf().redactResponse(responseOf(chunks));
  expect(redacted.chunks.map((chunk) => Buffer.from(chunk).toString())).toEqual([
    sse({ delta: "key: <redacted:openai-key>" }),
    sse({ delta: " ok" }),
  ]);
});

test("an object without secrets comes back as the same object", () => {
  const redactor = redactorOf();
  const request = requestOf({ body: '{ "a" : 1,\r\n "model":"gpt-5" }' });
  const response = responseOf([sse({ delta: "hello" })]);
  expect(redactor.redactRequest(request)).toBe(request);
  expect(redactor.redactResponse(response)).toBe(response);
});

test("requests with different keys, a placeholder or no key compare as equal", () => {
  const of = (key: string | undefined, apiKey: string, env = {}): unknown => {
    const redactor = redactorOf({}, env);
    const url = `https://x.test/v1beta/m:g?${key === undefined ? "" : `key=${key}&`}alt=sse`;
    return redactor.redactForMatching(requestOf({ url, body: { apiKey, text: `use ${apiKey} now` } }));
  };
  const recorded = of("<redacted:google-key>", "<redacted:openai-key-2>");
  expect(of(GOOGLE_KEY, OPENAI_KEY)).toEqual(recorded);
  expect(of(undefined, ANTHROPIC_KEY)).toEqual(recorded);
  expect(of("", "machine-two-opaque", { APP_TOKEN: "machine-two-opaque" })).toEqual(recorded);
});
