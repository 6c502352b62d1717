import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { withCassette } from "../../src/core.ts";
import { chatRequest } from "../contract/support/endings.ts";
import { testCassette } from "../contract/support/taping.ts";
import { CLIENTS } from "../support/clients/index.ts";
import { startProviderServer } from "../support/provider-server/index.ts";
import { createProject, messagesOf, ONE_WORKER } from "../support/run-vitest.ts";

const OLD = "cassette: 1\ninteractions: []\n# the old one\n";

/** A folder in which a tape cannot be written, and how it is made one; `undo` gives it back. */
interface Place {
  readonly make: (folder: string, tape: string) => boolean;
  readonly undo: (folder: string, tape: string) => void;
}

const run = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;
/** A file system of its own, with the old tape on it; `then` are more options, for a second mount. */
const mounted = (options: string, then?: string): Place => ({
  make(folder, tape) {
    if (!run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder)) return false;
    writeFileSync(join(folder, tape), OLD);
    return then === undefined || run("mount", "-o", then, folder);
  },
  undo: (folder) => run("umount", folder),
});

const PLACES: Readonly<Record<string, Place>> = {
  "a full disk": mounted("size=64k"),
  "a read-only disk": mounted("size=1m", "remount,ro"),
  "a folder that nobody may change": {
    make: (folder) => run("chattr", "+i", folder),
    undo: (folder) => run("chattr", "-i", folder),
  },
  "a tape that nobody may change": {
    make: (folder, tape) => run("chattr", "+i", join(folder, tape)),
    undo: (folder, tape) => run("chattr", "-i", join(folder, tape)),
  },
};

const testOf = (name: string): string => `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";

test(${JSON.stringify(name)}, async () => {
  useCassette();
  const response = await fetch(process.env.SERVER + "/v1/chat/completions", { method: "POST", body: '{"stream":true}' });
  const text = await response.text();
  expect(text.length).toBeGreaterThan(100_000);
  expect(text).toContain("[DONE]");
  console.log("got all: " + ${JSON.stringify(name)});
});
`;

test("a tape that cannot be written fails its test at the end, with the reason; the code under test notices nothing", async (context) => {
  await using server = await startProviderServer({ script: { tokens: 800 } });
  const inFile = "a file in place of the folder";
  const fine = "another test";
  const names = Object.keys(PLACES);
  using project = createProject({
    files: {
      ...Object.fromEntries([...names, inFile, fine].map((name) => [`${name}/t.test.ts`, testOf(name)])),
      [`cassettes/${inFile}`]: "no folder",
    },
  });
  const folderOf = (name: string): string => join(project.root, "cassettes", name, "t");
  const tapeOf = (name: string): string => `${name.replaceAll(" ", "-")}.yaml`;
  const made: string[] = [];
  try {
    for (const [name, { make }] of Object.entries(PLACES)) {
      project.write(`cassettes/${name}/t/${tapeOf(name)}`, OLD);
      if (make(folderOf(name), tapeOf(name))) made.push(name);
    }
    const run = [...made, inFile, fine];
    const { failures, output, tests } = await project.run({
      env: { RECORD: "1", SERVER: server.url },
      args: [...run.map((name) => `${name}/t.test.ts`), ...ONE_WORKER],
    });
    const failing = [...made, inFile];
    expect(tests).toEqual({
      ...Object.fromEntries(failing.map((name) => [name, "failed"])),
      [fine]: "passed",
    });
    for (const name of run) expect(output).toContain(`got all: ${name}`);
    const messages = messagesOf(failures);
    expect(Object.keys(messages).sort()).toEqual([...failing].sort());
    for (const name of failing) expect(messages[name], name).toMatchSnapshot(name);
    for (const name of made) {
      expect(readFileSync(join(folderOf(name), tapeOf(name)), "utf8"), name).toBe(OLD);
      expect(readdirSync(folderOf(name)), name).toEqual([tapeOf(name)]);
    }
    expect(project.read(`cassettes/${fine}/t/another-test.yaml`)).toContain("[DONE]");
  } finally {
    for (const name of made) PLACES[name]?.undo(folderOf(name), tapeOf(name));
  }
  if (made.length < names.length) {
    context.skip(`only ${made.length} of the places can be made here: ${made.join(", ")}`);
  }
});

const SOME = CLIENTS.filter(({ name }) => ["fetch", "node:http"].includes(name));

test.each(SOME)(
  "$name: a folder that becomes a link to another place while it is recorded into is not followed",
  async (client) => {
    await using server = await startProviderServer();
    const root = realpathSync(mkdtempSync(join(tmpdir(), "swap-")));
    try {
      const [dir, outside] = [join(root, "cassettes"), join(root, "outside")];
      mkdirSync(join(dir, "deep"), { recursive: true });
      mkdirSync(outside);
      vi.stubEnv("RECORD", "1");
      vi.stubEnv("RECORD_ON_CI", "1");
      const recording = withCassette("deep/tape", { dir }, async () => {
        const { ended } = await client.send(chatRequest(server.url));
        expect(ended).toBe(true);
        renameSync(join(dir, "deep"), join(dir, "gone"));
        symlinkSync(outside, join(dir, "deep"));
      });
      await expect(recording).rejects.toMatchObject({ code: "CASSETTE_FILE_OUTSIDE" });
      expect(readdirSync(outside)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      rmSync(root, { recursive: true, force: true });
    }
  },
);

test("a folder that is removed while it is recorded into is made again", async () => {
  await using server = await startProviderServer();
  using cassette = testCassette();
  await cassette.record(async () => {
    await CLIENTS[0]?.send(chatRequest(server.url));
    rmSync(cassette.dir, { recursive: true });
  });
  expect(readdirSync(cassette.dir)).toEqual(["tape.yaml"]);
});
