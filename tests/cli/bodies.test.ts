import { createHash } from "node:crypto";
import { existsSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readTape } from "../../src/cli/read-tape.ts";
import { eventsOfTape } from "../../src/events/tape-events.ts";
import { filesIn, noise } from "../bodies/support.ts";
import { createWorkspace, type Workspace } from "./command.ts";
import { commit, createRepository, git } from "./git.ts";

interface Speech {
  readonly tape: string;
  /** The name of the body file, from the folder of cassettes. */
  readonly body: string;
  readonly packed: Buffer;
}

/** A cassette whose answer is in a file beside it. */
function speech(bytes = noise(100_000)): Speech {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const body = `speech.bodies/${sha256.slice(0, 16)}.gz`;
  const tape = `cassette: 1
interactions:
  - at: 0
    request:
      method: POST
      url: https://api.openai.com/v1/audio/speech
      headers: { content-type: application/json }
      body:
        model: gpt-5-mini-tts
        input: Hello
    response:
      status: 200
      headers: { content-type: audio/mpeg }
      end: complete
      bodyFile:
        name: ${body}
        bytes: ${bytes.length}
        sha256: ${sha256}
`;
  return { tape, body, packed: gzipSync(bytes) };
}

function workspaceWith({ tape, body, packed }: Speech): Workspace {
  return createWorkspace({ "cassettes/speech.yaml": tape, [`cassettes/${body}`]: packed });
}

test("check reads body files", async () => {
  const { tape, body, packed } = speech();
  using workspace = workspaceWith({ tape, body, packed });
  expect(await workspace.run("check --fix")).toEqual({
    code: 0,
    out: "1 cassette checked: no problems.\n",
    error: "",
  });

  workspace.write(`cassettes/${body}`, gzipSync("other"));
  const changed = await workspace.run("check");
  expect(changed.code).toBe(1);
  expect(changed.out).toBe(
    `Failed to read the body file cassettes/${body}: it is not the file that its cassette refers to, because it does not hold 100000 bytes.
Restore it (git checkout), or re-record the cassette with RECORD=1.

1 cassette checked: 1 broken.
`,
  );
  rmSync(join(workspace.root, "cassettes", body));
  const { problems } = JSON.parse((await workspace.run("check --json")).out) as { problems: unknown };
  expect(problems).toEqual([
    {
      kind: "broken",
      file: "cassettes/speech.yaml",
      line: 16,
      column: 15,
      message: expect.stringContaining("it does not exist"),
    },
  ]);
});

test("check finds body files to which no cassette refers, and --fix removes them", async () => {
  const { tape, body, packed } = speech();
  using workspace = workspaceWith({ tape, body, packed });
  const left = "cassettes/speech.bodies/0123456789abcdef.gz";
  const gone = "cassettes/gone.bodies/0123456789abcdef.gz";
  workspace.write(left, packed);
  workspace.write(gone, packed);
  workspace.write("cassettes/gone.bodies/notes.txt", "mine");
  expect(await workspace.run("check")).toEqual({
    code: 1,
    out: `${gone}  no cassette refers to this body file
${left}  no cassette refers to this body file
1 cassette checked: 2 unused body files.
To remove them: npx vitest-cassette check --fix
`,
    error: "",
  });
  expect((await workspace.run("check --fix")).code).toBe(0);
  expect(filesIn(workspace.root)).toEqual([
    `cassettes/gone.bodies/notes.txt`,
    `cassettes/${body}`,
    "cassettes/speech.yaml",
  ]);
});

test("check --secrets searches body files, and --fix leaves them to a person", async () => {
  const secret = "opaque-value-0001";
  using workspace = workspaceWith(speech(Buffer.concat([noise(100_000), Buffer.from(secret), noise(9)])));
  const env = { APP_TOKEN: secret };
  expect((await workspace.run("check", { env })).code).toBe(0);
  for (const line of ["check --secrets", "check --fix"]) {
    const { code, out } = await workspace.run(line, { env });
    expect(code).toBe(1);
    expect(out).toMatch(
      /^cassettes\/speech\.yaml:16:15 {2}app-token in interactions\[0\]\.response\.body \(within the file speech\.bodies\/[0-9a-f]{16}\.gz\)\n/,
    );
    expect(out).toMatch(/by hand, or re-record the cassette\.\n$/);
    expect(out).not.toContain(secret);
  }
});

test.each(["as it is", "missing"])(
  "ls, show, upgrade and the events of a report work with a body file that is %s",
  async (state) => {
    const { tape, body, packed } = speech();
    using workspace = workspaceWith({ tape, body, packed });
    if (state === "missing") rmSync(join(workspace.root, "cassettes", body));
    const { out } = await workspace.run("ls");
    expect(out).toContain("97.7 KiB");
    expect((await workspace.run("show speech")).out).toContain(`97.7 KiB in ${body}`);
    const read = readTape(
      { path: join(workspace.root, "cassettes/speech.yaml"), folder: workspace.root },
      { redact: (each) => each },
    );
    if (read.kind === "broken") expect.fail(read.message);
    const chunks = eventsOfTape(read.tape, read.file).filter(({ type }) => type === "chunk");
    expect(chunks).toMatchObject([{ bytes: 100_000 }]);
    expect(await workspace.run("upgrade")).toMatchObject({ code: 0, error: "" });
    expect(workspace.read("cassettes/speech.yaml")).toContain(tape.slice(tape.indexOf("    request:")));
  },
);

test("diff and git diff compare body files by their hashes, also those that are gone", async () => {
  const before = speech();
  const after = speech(noise(120_000, "after"));
  using workspace = createRepository({
    "cassettes/speech.yaml": before.tape,
    ".gitattributes": "cassettes/**/*.yaml diff=cassette\n",
  });
  workspace.write(`cassettes/${before.body}`, before.packed);
  commit(workspace.root);
  workspace.write("cassettes/speech.yaml", `# the same\n${before.tape}`);
  expect((await workspace.run("diff")).out).not.toContain("changed\n");

  rmSync(join(workspace.root, "cassettes", before.body));
  workspace.write("cassettes/speech.yaml", after.tape);
  workspace.write(`cassettes/${after.body}`, after.packed);
  const { out, error } = await workspace.run("diff");
  expect(error).toBe("");
  expect(out).toContain("cassettes/speech.yaml  changed");
  expect(out).toContain("100000");
  expect(out).toContain("120000");
  const bin = join(import.meta.dirname, "../../src/bin.ts");
  git(workspace.root, "config", "diff.cassette.textconv", `"${process.execPath}" "${bin}" textconv`);
  const changed = git(workspace.root, "diff")
    .split("\n")
    .filter((line) => /^[-+] /.test(line));
  expect(changed.map((line) => line.replace(/[0-9a-f]{64}/, "hash"))).toEqual([
    "-    bytes: 100000",
    '-    sha256: "hash"',
    "+    bytes: 120000",
    '+    sha256: "hash"',
  ]);
});

test("prune deletes the body files of the cassettes that it deletes, and those that nobody refers to", async () => {
  const { tape, body, packed } = speech();
  using workspace = workspaceWith({ tape, body, packed });
  const run = {
    version: 1,
    at: new Date(Date.now() - 3_600_000).toISOString(),
    full: true,
    root: workspace.root,
  };
  workspace.write("cassettes/used.yaml", tape.replaceAll("speech.bodies", "used.bodies"));
  const used = body.replace("speech", "used");
  workspace.write(`cassettes/${used}`, packed);
  workspace.write("cassettes/gone.bodies/0123456789abcdef.gz", packed);
  const old = (Date.now() - 7_200_000) / 1000;
  for (const file of filesIn(workspace.root)) utimesSync(join(workspace.root, file), old, old);
  workspace.write(
    "node_modules/.vite/vitest-cassette/last-run.json",
    JSON.stringify({
      ...run,
      cassetteDirs: [join(workspace.root, "cassettes")],
      used: [join(workspace.root, "cassettes/used.yaml")],
    }),
  );
  expect((await workspace.run("prune")).out).toContain("cassettes/gone.bodies/0123456789abcdef.gz");
  expect(existsSync(join(workspace.root, "cassettes", body))).toBe(true);
  expect((await workspace.run("prune --yes")).code).toBe(0);
  expect(filesIn(join(workspace.root, "cassettes"))).toEqual([used, "used.yaml"]);
});

test("import puts a large binary response into a body file", async () => {
  const bytes = noise(100_000);
  const response = {
    status: 200,
    statusText: "OK",
    headers: [{ name: "Content-Type", value: "audio/mpeg" }],
    content: { mimeType: "audio/mpeg", text: bytes.toString("base64"), encoding: "base64" },
  };
  const request = { method: "GET", url: "https://example.com/joke.mp3", headers: [] };
  const entries = [{ startedDateTime: "2026-11-20T07:00:00.000Z", time: 1, request, response }];
  using workspace = createWorkspace({ "joke.har": JSON.stringify({ log: { version: "1.2", entries } }) });
  expect(await workspace.run("import joke.har --no-config")).toMatchObject({ code: 0, error: "" });
  expect(filesIn(join(workspace.root, "cassettes"))).toEqual([
    expect.stringMatching(/^joke\.bodies\/[0-9a-f]{16}\.gz$/),
    "joke.yaml",
  ]);
  expect((await workspace.run("check --no-config")).code).toBe(0);
});
