import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { redactorOf, responseOf } from "./support.ts";

const corpus = process.env.CASSETTE_CORPUS;
const SKIPPED = "CASSETTE_CORPUS is not set";

/** Captured bodies; the lists and licences beside them are no traffic. */
function captures(): readonly string[] {
  if (corpus === undefined) return [];
  return readdirSync(corpus, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.parentPath !== corpus && !entry.parentPath.endsWith("LICENSES"),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const ENV = {
  OPENAI_API_KEY: "an-opaque-key-of-openai-0001",
  APP_SECRET: "another-opaque-secret-0002",
  DATABASE_URL: "postgres://app:a-long-passphrase@db.test/app",
};

test.skipIf(corpus === undefined)(
  "no captured stream has a secret taken from it, whatever its chunks",
  () => {
    expect(captures().length, SKIPPED).toBeGreaterThan(100);
    const changed = captures().filter((file) => {
      const bytes = readFileSync(file);
      const half = bytes.length >> 1;
      const headers: [string, string][] = [["content-type", "application/octet-stream"]];
      if (file.endsWith(".gz")) headers.push(["content-encoding", "gzip"]);
      return [[bytes], [bytes.subarray(0, half), bytes.subarray(half)]].some((chunks) => {
        const response = responseOf(chunks, headers);
        return redactorOf({}, ENV).redactResponse(response) !== response;
      });
    });
    expect(changed).toEqual([]);
  },
);

test.skipIf(corpus === undefined)("the last gate lets every captured stream through", () => {
  const redactor = redactorOf({}, ENV);
  const stopped = captures()
    .map((file) => ({ file, findings: redactor.scan(readFileSync(file, "utf8")) }))
    .filter(({ findings }) => findings.length > 0);
  expect(stopped).toEqual([]);
});
