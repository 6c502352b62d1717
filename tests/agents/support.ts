import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import type { TapeEntry } from "../../src/cassette/model.ts";
import { type Cassette, type CoreCassetteOptions, withCassette } from "../../src/core.ts";
import { parseTape } from "../../src/format/index.ts";

export interface AgentTape extends Disposable {
  /** Records with `RECORD=1`, or with another value. */
  record<T>(
    body: (cassette: Cassette) => T | Promise<T>,
    options?: CoreCassetteOptions,
    value?: string,
  ): Promise<T>;
  play<T>(body: (cassette: Cassette) => T | Promise<T>, options?: CoreCassetteOptions): Promise<T>;
  write(entries: string): void;
  readonly dir: string;
  readonly text: string;
  readonly entries: readonly TapeEntry[];
}

/** A cassette in a folder of its own. */
export function agentTape(defaults: CoreCassetteOptions = {}): AgentTape {
  const dir = mkdtempSync(join(tmpdir(), "cassette-agent-"));
  const path = join(dir, "run.yaml");
  const open = async <T>(
    body: (cassette: Cassette) => T | Promise<T>,
    options: CoreCassetteOptions = {},
    value?: string,
  ): Promise<T> => {
    vi.stubEnv("CI", "");
    vi.stubEnv("RECORD", value);
    try {
      return await withCassette("run", { dir, ...defaults, ...options }, body);
    } finally {
      vi.stubEnv("RECORD", undefined);
    }
  };
  return {
    record: (body, options, value = "1") => open(body, options, value),
    play: (body, options) => open(body, options),
    dir,
    write: (entries) => writeFileSync(path, `cassette: 1\ninteractions:\n${entries}`),
    get text() {
      return readFileSync(path, "utf8");
    },
    get entries() {
      return parseTape(readFileSync(path, "utf8"), { file: "run.yaml" }).interactions;
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
