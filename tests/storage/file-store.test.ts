import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { abandonedIn, temporaryName } from "../../src/storage/atomic-write.ts";
import { FileStore } from "../../src/storage/file-store.ts";

let base: string;
let folder: string;
let store: FileStore;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "file-store-")));
  folder = join(base, "cassettes");
  mkdirSync(folder);
  store = new FileStore({ folder });
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);

test("a written file is read back, and missing folders are created", async () => {
  await store.write(at("a/b/c.yaml"), "text: é\n");
  expect(store.read(at("a/b/c.yaml"))).toBe("text: é\n");
  expect(readdirSync(at("a/b"))).toEqual(["c.yaml"]);
});

test("a missing file is no error", () => {
  expect(store.exists(at("a.yaml"))).toBe(false);
  expect(store.read(at("a.yaml"))).toBeUndefined();
  const elsewhere = new FileStore({ folder: join(base, "nothing", "here") });
  expect(elsewhere.read(join(base, "nothing", "here", "a.yaml"))).toBeUndefined();
});

test("a byte order mark and the ends of lines come back as they were", async () => {
  await store.write(at("a.yaml"), "\ufeffa\r\nb\rc\n");
  expect(store.read(at("a.yaml"))).toBe("\ufeffa\r\nb\rc\n");
});

test("a file has another version after each write, even of the same size at the same time", async () => {
  expect(store.version(at("a.yaml"))).toBeUndefined();
  const versions = new Set<string | undefined>();
  for (const text of ["one", "two", "two"]) {
    await store.write(at("a.yaml"), text);
    utimesSync(at("a.yaml"), 1, 1);
    versions.add(store.version(at("a.yaml")));
    expect(store.version(at("a.yaml"))).toBe(store.version(at("a.yaml")));
  }
  expect(versions.size).toBe(3);
});

test("a folder with the name of a tape is an error", async () => {
  mkdirSync(at("a.yaml"));
  expect(() => store.read(at("a.yaml"))).toThrow(
    expect.objectContaining({
      code: "CASSETTE_READ_FAILED",
      message: expect.stringContaining("it is a folder"),
    }),
  );
  await expect(store.write(at("a.yaml"), "x")).rejects.toMatchObject({
    code: "CASSETTE_WRITE_FAILED",
    message: expect.stringContaining("a folder has that name"),
  });
  expect(readdirSync(folder)).toEqual(["a.yaml"]);
});

test("a pipe with the name of a tape is an error, and nothing waits for it", () => {
  execFileSync("mkfifo", [at("a.yaml")]);
  expect(() => store.read(at("a.yaml"))).toThrow(/no regular file/);
});

test("a file of 200 MB is refused before it is read", () => {
  writeFileSync(at("a.yaml"), "");
  truncateSync(at("a.yaml"), 200 * 1024 * 1024);
  expect(() => store.read(at("a.yaml"))).toThrow(
    expect.objectContaining({ code: "CASSETTE_FILE_TOO_LARGE", message: expect.stringContaining("200 MiB") }),
  );
});

test("a tape that could not be read back is not written, and the old file stays", async () => {
  const small = new FileStore({ folder, maxFileBytes: 20 });
  await small.write(at("a.yaml"), "é".repeat(10));
  await expect(small.write(at("a.yaml"), "é".repeat(11))).rejects.toThrow(
    expect.objectContaining({
      code: "CASSETTE_FILE_TOO_LARGE",
      message: expect.stringMatching(/^Failed to write .*\n.* raise maxTapeBytes in the plugin\.$/),
    }),
  );
  expect(small.read(at("a.yaml"))).toBe("é".repeat(10));
  expect(readdirSync(folder)).toEqual(["a.yaml"]);
});

test("a file that is not UTF-8 is an error", () => {
  writeFileSync(at("a.yaml"), Buffer.from("cassette: 1", "utf16le"));
  writeFileSync(at("b.yaml"), Buffer.from("\ufeffcassette: 1", "utf16le"));
  writeFileSync(at("c.yaml"), Buffer.from([0x61, 0xff]));
  expect(store.read(at("a.yaml"))).toContain("\0");
  expect(() => store.read(at("b.yaml"))).toThrow(/it is in UTF-16/);
  expect(() => store.read(at("c.yaml"))).toThrow(/it is not in UTF-8/);
});

test("nothing outside the folder is read or written", async () => {
  writeFileSync(join(base, "outside.yaml"), "secret");
  for (const file of [
    join(base, "outside.yaml"),
    at("../outside.yaml"),
    at("a/../../outside.yaml"),
    "/etc/passwd",
    at("a\0b"),
    folder,
    join(base, "cassettes-of-another", "a.yaml"),
  ]) {
    expect(() => store.read(file)).toThrow(expect.objectContaining({ code: "CASSETTE_FILE_OUTSIDE" }));
    await expect(store.write(file, "x")).rejects.toMatchObject({ code: "CASSETTE_FILE_OUTSIDE" });
    await expect(store.removeFailed(file)).rejects.toMatchObject({ code: "CASSETTE_FILE_OUTSIDE" });
  }
  expect(readFileSync(join(base, "outside.yaml"), "utf8")).toBe("secret");
});

test("a link that leads out of the folder is refused, for a file and for a folder on the way", async () => {
  writeFileSync(join(base, "outside.yaml"), "secret");
  symlinkSync(join(base, "outside.yaml"), at("file.yaml"));
  symlinkSync(base, at("way"));
  for (const file of [at("file.yaml"), at("way/outside.yaml"), at("way/new/x.yaml")]) {
    expect(() => store.read(file)).toThrow(expect.objectContaining({ code: "CASSETTE_FILE_OUTSIDE" }));
    await expect(store.write(file, "x")).rejects.toMatchObject({ code: "CASSETTE_FILE_OUTSIDE" });
  }
  expect(readFileSync(join(base, "outside.yaml"), "utf8")).toBe("secret");
  expect(existsSync(join(base, "new"))).toBe(false);
});

test("a link within the folder is written through", async () => {
  await store.write(at("real.yaml"), "one");
  symlinkSync(at("real.yaml"), at("link.yaml"));
  await store.write(at("link.yaml"), "two");
  expect(store.read(at("link.yaml"))).toBe("two");
  expect(store.read(at("real.yaml"))).toBe("two");
  symlinkSync(at("gone.yaml"), at("dangling.yaml"));
  expect(() => store.read(at("dangling.yaml"))).toThrow(/it is a link, and there is no such file/);
});

test("the folder of cassettes may itself be a link", async () => {
  symlinkSync(folder, join(base, "linked"));
  const linked = new FileStore({ folder: join(base, "linked") });
  await linked.write(join(base, "linked", "a.yaml"), "x");
  expect(store.read(at("a.yaml"))).toBe("x");
});

test("the recording of a failed test is kept beside and removed", async () => {
  await store.write(at("a.yaml"), "old");
  const failed = await store.writeFailed(at("a.yaml"), "new");
  expect(failed).toBe(at("a.failed.yaml"));
  expect(store.read(at("a.yaml"))).toBe("old");
  expect(store.read(failed)).toBe("new");
  await store.removeFailed(at("a.yaml"));
  expect(readdirSync(folder)).toEqual(["a.yaml"]);
});

test("a path below a file is an error when it is written", async () => {
  await store.write(at("a.yaml"), "x");
  await expect(store.write(at("a.yaml/b.yaml"), "x")).rejects.toMatchObject({
    code: "CASSETTE_WRITE_FAILED",
    message: expect.stringContaining("part of its path is a file"),
  });
  expect(store.read(at("a.yaml/b.yaml"))).toBeUndefined();
});

test.skipIf(process.getuid?.() === 0)(
  "a folder that may not be written leaves the old tape whole",
  async () => {
    await store.write(at("a.yaml"), "old");
    chmodSync(folder, 0o500);
    await expect(store.write(at("a.yaml"), "new")).rejects.toThrow(/permission denied/);
    chmodSync(folder, 0o700);
    expect(store.read(at("a.yaml"))).toBe("old");
  },
);

test.skipIf(process.getuid?.() === 0)("a tape that is write-protected is not replaced", async () => {
  await store.write(at("a.yaml"), "old");
  chmodSync(at("a.yaml"), 0o400);
  await expect(store.write(at("a.yaml"), "new")).rejects.toThrow(/permission denied/);
  expect(store.read(at("a.yaml"))).toBe("old");
});

test("temporary files of a dead process are removed, those of a running one are not", async () => {
  const abandoned = temporaryName("a.yaml", deadProcess());
  const active = temporaryName("a.yaml", process.ppid);
  const old = temporaryName("a.yaml", process.ppid);
  const other = ".a.yaml.tmp";
  for (const name of [abandoned, active, old, other]) writeFileSync(at(name), "half");
  utimesSync(at(old), 1000, 1000);
  await new FileStore({ folder }).write(at("a.yaml"), "whole");
  expect(readdirSync(folder).sort()).toEqual([active, other, "a.yaml"].sort());
});

function deadProcess(): number {
  return Number(execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }));
}

test("the body of a test that has been recording for hours is not taken for a leftover", async () => {
  const [tape, body] = ["a.yaml", "a.bodies"].map((name) => at(temporaryName(name)));
  for (const file of [tape, body] as string[]) {
    writeFileSync(file, "");
    utimesSync(file, 0, 0);
  }
  expect(await abandonedIn(folder)).toEqual([tape]);
});
