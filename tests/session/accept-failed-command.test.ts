import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { acceptFailedCommand } from "../../src/session/saved-message.ts";
import { workerState } from "../../src/session/worker-state.ts";

const { settings } = workerState();
afterEach(() => {
  workerState().settings = settings;
});

test.skipIf(process.platform === "win32")(
  "the command to accept a failed recording runs where Vitest was started, whatever the names",
  () => {
    const file = join(settings.root, "packages/app/cassettes/it's a joke.yaml");
    workerState().settings = {
      ...settings,
      root: join(settings.root, "packages/app"),
      commandLine: { cwd: join(settings.root, "packages") },
    };
    expect(acceptFailedCommand(file)).toBe(
      "mv 'app/cassettes/it'\\''s a joke.failed.yaml' 'app/cassettes/it'\\''s a joke.yaml'",
    );
  },
);
