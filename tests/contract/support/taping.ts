import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cassette, type CoreCassetteOptions, withCassette } from "../../../src/core.ts";

type Body<T> = (cassette: Cassette) => T | Promise<T>;

/** A cassette in a folder of its own. */
export interface TestCassette extends Disposable {
  readonly dir: string;
  record<T>(body: Body<T>, options?: CoreCassetteOptions): Promise<T>;
  play<T>(body: Body<T>, options?: CoreCassetteOptions): Promise<T>;
}

export function testCassette(common: CoreCassetteOptions = {}): TestCassette {
  const dir = mkdtempSync(join(tmpdir(), "contract-"));
  const run = <T>(record: string, body: Body<T>, options: CoreCassetteOptions): Promise<T> =>
    withEnvironment({ RECORD: record, RECORD_ON_CI: "1", CASSETTE_MODE: "" }, () =>
      withCassette("tape", { dir, ...common, ...options }, body),
    );
  return {
    dir,
    record: (body, options = {}) => run("1", body, options),
    play: (body, options = {}) => run("", body, options),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** The environment is read when a cassette opens, so it need not last any longer than `body`'s first turn. */
function withEnvironment<T>(variables: Readonly<Record<string, string>>, body: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return body();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
