import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";

/** Where the tests of a file work. */
export interface Workplace {
  /** One for all tests. */
  readonly server: ProviderServer;
  /** A folder that is empty when a test begins. */
  readonly root: string;
}

export function useWorkplace(): Workplace {
  let server: ProviderServer;
  let root: string;
  beforeAll(async () => {
    server = await startProviderServer();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "cassette-workplace-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  return {
    get server() {
      return server;
    },
    get root() {
      return root;
    },
  };
}
