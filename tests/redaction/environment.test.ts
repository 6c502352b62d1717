import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { profiles } from "../../src/providers/registry.ts";
import { createRedactor } from "../../src/redaction/redactor.ts";
import { redactorOf, requestOf, textOf } from "./support.ts";

/** Whether `secret` is taken out of a prompt where the environment is `env`. */
function isTaken(secret: string, env: Record<string, string>): boolean {
  const request = requestOf({ body: { text: `it is ${secret}, ok` } });
  return !textOf(redactorOf({}, env).redactRequest(request)).includes(secret);
}

test.each(
  "PGPASSWORD DBPASS MYAPIKEY OPENAI_API_KEY_PROD PRIVATE_KEY_PEM API_KEYS MY_CREDS AUTH_HEADER SECRET_KEY_BASE MYSQL_PWD DBPASSWORD DB_PASS SMTP_PASS REDIS_PASSWORD_PROD GITHUB_PAT NPM_TOKEN_CI STRIPE_SECRET_LIVE JWT_SECRET_OLD SERVICE_ACCOUNT_CREDENTIALS_JSON HTTP_COOKIE SENTRY_DSN BEARER MYTOKEN APITOKEN CLIENTSECRET apiKey dbPassword WEBHOOK_SECRET_V2 ENCRYPTION_KEY_BASE64 AUTHORIZATION API_AUTH ADMIN_PASSPHRASE".split(
    " ",
  ),
)("the value of %s is a secret", (name) => {
  expect(isTaken("opaque-value-0001", { [name]: "opaque-value-0001" })).toBe(true);
});

test.each([
  ["MONKEY", "some-banana-value-1"],
  ["KEYBOARD_LAYOUT", "qwerty-layout-de-1"],
  ["TOKENIZERS_PARALLELISM", "maybe-and-maybe-not-1"],
  ["PUBLIC_KEY", "public-opaque-value-1"],
  ["PASSENGER_NAME", "somebody-on-board-1"],
  ["SECRETARY", "Ana-of-the-office-1"],
  ["AUTHOR", "Ana-Sol-1968-and-on"],
  ["AUTH_URL", "https://auth.x.test/oauth/authorize"],
  ["TOKEN_TYPE", "urn:ietf:params:oauth:token-type:jwt"],
  ["API_KEY_PATH", "/run/secrets/api_key"],
  ["PASSWORD_MIN_LENGTH", "12345678"],
  ["GITHUB_SHA", "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"],
  ["SORT_KEY", "created_at"],
])("the value of %s is not a secret", (name, value) => {
  expect(isTaken(value, { [name]: value })).toBe(false);
});

test("a value that looks like a key is a secret whatever the name of its variable", () => {
  const opaque = "aZ7kQ2mW9xR4tB6nC8vE3";
  expect(isTaken(opaque, { WHATEVER: opaque })).toBe(true);
  expect(isTaken("a1b2c3d4e5f60718293a4b5c6d7e8f90", { LEGACY: "a1b2c3d4e5f60718293a4b5c6d7e8f90" })).toBe(
    true,
  );
  expect(isTaken("opaque-value", { WHATEVER: "opaque-value" })).toBe(false);
});

test.each([
  ["Bearer opaque-value-0001", ["opaque-value-0001"]],
  [`Basic ${Buffer.from("ana:opaque-value-0001").toString("base64")}`, ["opaque-value-0001"]],
  ['"opaque-value-0001"', ["opaque-value-0001"]],
  ["'opaque-value-0001'", ["opaque-value-0001"]],
  ["opaque-value-0001,opaque-value-0002", ["opaque-value-0001", "opaque-value-0002"]],
  ["opaque-value-0001; opaque-value-0002", ["opaque-value-0001", "opaque-value-0002"]],
  ['["opaque-value-0001", "opaque-value-0002"]', ["opaque-value-0001", "opaque-value-0002"]],
  [
    '{"prod":"opaque-value-0001","dev":{"key":"opaque-value-0002"}}',
    ["opaque-value-0001", "opaque-value-0002"],
  ],
])("a credential stored as %s is a secret in every form in which it is used", (value, secrets) => {
  for (const secret of secrets) expect(isTaken(secret, { MY_API_KEYS: value }), secret).toBe(true);
});

test.each([
  ["postgres://app:opaque-value-0001@db.test:5432/app", ["opaque-value-0001"]],
  ["redis://:opaque-value-0001@cache.test:6379", ["opaque-value-0001"]],
  ["postgres://app:opaque@value-0001@db.test/app", ["opaque@value-0001"]],
  ["postgres://app:opaque/value-0001@db.test/app", ["opaque/value-0001"]],
  ["postgres://app:opaque%40value-0001@db.test/app", ["opaque%40value-0001", "opaque@value-0001"]],
  ["https://a1b2c3d4e5f60718@o1.ingest.x.test/42", ["a1b2c3d4e5f60718"]],
  ["jdbc:postgresql://db.test/app?user=app&password=opaque-value-0001", ["opaque-value-0001"]],
  ["postgres://db.test/app?password=opaque-value-0001", ["opaque-value-0001"]],
  ["https://x.test/hook?sig=opaque-value-0001&v=1", ["opaque-value-0001"]],
  ["Server=db.test;User Id=app;Password=opaque-value-0001;", ["opaque-value-0001"]],
  ["Server=db.test;Uid=app;Pwd=opaque-value-0001", ["opaque-value-0001"]],
  ["host=db.test user=app password=opaque-value-0001", ["opaque-value-0001"]],
  ["Endpoint=sb://x.test/;SharedAccessKey=opaque-value-0001=", ["opaque-value-0001="]],
])("the secrets in %s are found whatever the name of its variable", (value, secrets) => {
  for (const secret of secrets) expect(isTaken(secret, { SERVICE_LOCATION: value }), secret).toBe(true);
  expect(isTaken("db.test", { SERVICE_LOCATION: value })).toBe(false);
});

test("the environment is read when the redactor is created, and again on request", () => {
  const env: Record<string, string> = { FIRST_TOKEN: "opaque-value-0001" };
  const redactor = createRedactor({}, { env, profiles });
  expect(redactor.refresh()).toBe(false);
  env.SECOND_TOKEN = "opaque-value-0002";
  delete env.FIRST_TOKEN;
  expect(redactor.redactText("opaque-value-0002")).toBe("opaque-value-0002");
  expect(redactor.refresh()).toBe(true);
  // What was a secret when the recording began still is.
  expect(redactor.redactText("opaque-value-0001 opaque-value-0002")).toBe(
    "<redacted:first-token> <redacted:second-token>",
  );
});

test("the project's .env files count as environment, templates do not", () => {
  const folder = mkdtempSync(join(tmpdir(), "env-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, ".env"),
    'APP_TOKEN="opaque-value-0001"\n# a comment\nexport DBPASS=opaque-value-0002\n',
  );
  writeFileSync(
    join(folder, ".env.test.local"),
    "DATABASE_URL=postgres://app:opaque-value-0003@db.test/app\n",
  );
  writeFileSync(join(folder, ".env.example"), "APP_TOKEN=your-own-token-here-1\n");
  mkdirSync(join(folder, ".env.d"));
  const redactor = createRedactor({}, { env: {}, profiles, folder });
  expect(
    redactor.redactText("opaque-value-0001 opaque-value-0002 opaque-value-0003 your-own-token-here-1"),
  ).toBe("<redacted:app-token> <redacted:dbpass> <redacted:database-url> your-own-token-here-1");
  expect(createRedactor({}, { env: {}, profiles, folder: join(folder, "none") }).redactText("a")).toBe("a");
});

test("redactors of the same options and secrets share their rules", () => {
  const env = { APP_TOKEN: "opaque-value-0001" };
  expect(redactorOf({}, env).basis).toBe(redactorOf({}, { ...env }).basis);
  expect(redactorOf({}, env).basis).not.toBe(redactorOf({}, { APP_TOKEN: "opaque-value-0002" }).basis);
  expect(redactorOf({}, env).basis).not.toBe(redactorOf({ fields: ["pin"] }, env).basis);
});

test("equal rules are the same ones, however many others there are", () => {
  for (let index = 0; index < 120; index++) {
    const env = { MY_TOKEN: `opaque-value-${index}-0001` };
    expect(createRedactor({}, { env, profiles }).refresh(), `${index}`).toBe(false);
  }
});
