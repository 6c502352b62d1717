import { expect, test } from "vitest";
import { isSecretField, isSecretParameter, segments } from "../../src/redaction/names.ts";
import { redactorOf, requestOf, responseOf, textOf } from "./support.ts";

test("a name is cut into the same segments however it is written", () => {
  for (const name of [
    "accessToken",
    "access_token",
    "access-token",
    "ACCESS_TOKEN",
    "Access Token",
    "access.token2",
  ]) {
    expect(segments(name)).toEqual(["access", "token"]);
  }
  expect(segments("APIKey")).toEqual(["api", "key"]);
});

test.each(
  "access_token refreshToken id_token token bearer_token csrf-token apiKey api_key x-api-key openaiApiKey apikey client-secret clientSecretValue secret db_password passwd pwd passphrase private_key secret_access_key SecretAccessKey aws_session_token authorization credentials client_assertion RoleArn api_keys access_tokens password_hash passwordConfirmation auth[token] key2.secret_key".split(
    " ",
  ),
)("a field called %s is secret", (name) => {
  expect(isSecretField(name)).toBe(true);
});

test.each(
  "max_tokens token_count tokens input_tokens totalTokens tokenizer token_type secretary secretariat keyboard key keys primary_key public_key idempotency_key prompt_cache_key next_page_token nextPageToken eos_token token_id cost_per_token time_to_first_token passenger compass tokenization signature encrypted_content thoughtSignature author access monkey keystone api_key_id project_id".split(
    " ",
  ),
)("a field called %s is not", (name) => {
  expect(isSecretField(name)).toBe(false);
});

test.each(
  "key api_key access_token token sig signature X-Amz-Signature X-Amz-Credential X-Amz-Security-Token auth subscription-key".split(
    " ",
  ),
)("a parameter called %s is secret", (name) => {
  const url = `https://x.test/?a=1&${name}=opaque&b=2`;
  expect(redactorOf().redactUrl(url)).toMatch(/^https:\/\/x\.test\/\?a=1&[\w-]+=<redacted:[a-z-]+>&b=2$/);
});

test.each(
  "keyword alt max_tokens page_token q monkey signature_version sort_key object_key primary_key partition_key public_key upload_id cache-key".split(
    " ",
  ),
)("a parameter called %s is not", (name) => {
  expect(isSecretParameter(name)).toBe(false);
  const url = `https://x.test/?a=1&${name}=opaque&b=2`;
  expect(redactorOf().redactUrl(url)).toBe(url);
});

test("the pieces of text that log probabilities call tokens stay", () => {
  const body = {
    logprobs: {
      content: [{ token: "hello-world-123", logprob: -0.1, top_logprobs: [{ token: "x1", logprob: -2 }] }],
    },
  };
  const response = responseOf([JSON.stringify(body)]);
  expect(redactorOf().redactResponse(response)).toBe(response);
});

test("a schema that mentions secrets is not redacted", () => {
  const schema = {
    properties: { password: { type: "string" }, token: { type: "string", description: "API token" } },
    required: ["password", "token"],
  };
  const request = requestOf({
    body: { tools: [{ parameters: schema }], token: "string", secret: null, password: "" },
  });
  expect(redactorOf().redactRequest(request)).toBe(request);
});

test("a cookie counts as one only in cookie syntax", () => {
  const body = { headers: { Cookie: "sid=abc", "set-cookie": "a=b; Path=/" }, snack: { cookie: "oatmeal" } };
  expect(JSON.parse(textOf(redactorOf().redactRequest(requestOf({ body }))))).toEqual({
    headers: { Cookie: "<redacted:cookie>", "set-cookie": "<redacted:set-cookie>" },
    snack: { cookie: "oatmeal" },
  });
});

test("a pair of name and value is read as a field", () => {
  const body = {
    env: [
      { name: "API_KEY", value: "v1-opaque" },
      { name: "HOME_PAGE", value: "stays" },
    ],
    client_secret: { value: "v2-opaque" },
  };
  expect(JSON.parse(textOf(redactorOf().redactRequest(requestOf({ body }))))).toEqual({
    env: [
      { name: "API_KEY", value: "<redacted:value>" },
      { name: "HOME_PAGE", value: "stays" },
    ],
    client_secret: { value: "<redacted:value-2>" },
  });
});

test("a name that is written with escapes is read without them", () => {
  const redacted = redactorOf().redactRequest(requestOf({ body: '{"api\\u005fkey":"opaque"}' }));
  expect(textOf(redacted)).toBe('{"api\\u005fkey":"<redacted:api-key>"}');
});

test("the user's names are compared by segment as well", () => {
  const redactor = redactorOf({
    fields: ["ssn", "customer number"],
    query: ["tenant"],
    headers: ["X-Tenant"],
  });
  const request = requestOf({
    url: "https://x.test/?tenant=acme&tenants=3",
    body: { userSsn: "078-05-1120", ssnCount: 2, deep: { customer_number: "c-1" } },
  });
  const { url, body } = redactor.redactRequest(request);
  expect(url).toBe("https://x.test/?tenant=<redacted:tenant>&tenants=3");
  expect(JSON.parse(Buffer.from(body ?? []).toString())).toEqual({
    userSsn: "<redacted:user-ssn>",
    ssnCount: 2,
    deep: { customer_number: "<redacted:customer-number>" },
  });
  const response = responseOf(["{}"], [["X-Tenant", "emca"]]);
  expect(redactor.redactResponse(response).headers).toEqual([["X-Tenant", "<redacted:x-tenant>"]]);
});

test("JSON that an answer shows between words is read by name", () => {
  const body = {
    content: 'Here you are:\n```json\n{ "api_key": "opaque-1", "n": 1 }\n```\nGood luck, "friend".',
  };
  const redacted = redactorOf().redactRequest(requestOf({ body }));
  expect(JSON.parse(textOf(redacted))).toEqual({
    content: body.content.replace("opaque-1", "<redacted:api-key>"),
  });
});
