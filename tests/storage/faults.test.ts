import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "../../src/storage/atomic-write.ts";
import { FileStore } from "../../src/storage/file-store.ts";

const WRITER = fileURLToPath(new URL("writer.ts", import.meta.url));
const KILLS = 10;
/** More kills, until one hits a write. */
const MOST_KILLS = 100;

let base: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "storage-faults-")));
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

test("a process that is killed while it writes always leaves a whole tape", async () => {
  const file = join(base, "a.yaml");
  writeFileSync(file, "version 0\n");
  let seen = 0;
  let leftOvers = 0;
  for (let kill = 0; kill < KILLS || (leftOvers === 0 && kill < MOST_KILLS); kill += 1) {
    const child = fork(WRITER, [base, file, String(seen + 1)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await once(child, "message");
    await killAfter(child, Math.random() * 40);
    const text = readFileSync(file, "utf8");
    const version = Number(/^version (\d+)\n/.exec(text)?.[1]);
    expect(version).toBeGreaterThanOrEqual(seen);
    expect(isWhole(text, version)).toBe(true);
    seen = version;
    const names = readdirSync(base).filter((name) => name.endsWith(".tmp"));
    // The writer before this one was dead: its temporary file is gone by now.
    expect(names.length).toBeLessThanOrEqual(1);
    leftOvers += names.length;
  }
  // At least one kill hit a write.
  expect(leftOvers).toBeGreaterThan(0);
  expect(seen).toBeGreaterThan(0);
  await new FileStore({ folder: base }).write(file, "new");
  expect(readdirSync(base)).toEqual(["a.yaml"]);
});

test("a write waits for a process that is renaming, and not for one that died", async () => {
  const file = join(base, "a.yaml");
  const claim = join(base, ".a.yaml.claim");
  writeFileSync(claim, String(process.ppid));
  let isChecked = false;
  const before = (): void => {
    isChecked = true;
  };
  const writing = writeAtomically(file, "new", { before });
  await new Promise((resolve) => setTimeout(resolve, 4000));
  expect(isChecked).toBe(false);
  // The highest id that there can be.
  writeFileSync(claim, "4194303");
  await writing;
  expect(isChecked).toBe(true);
  expect(readdirSync(base)).toEqual(["a.yaml"]);
});

test("who waited for a write finds all of it done, also what the writer does afterwards", async () => {
  const file = join(base, "a.yaml");
  const events: string[] = [];
  let second: Promise<void> | undefined;
  await writeAtomically(file, "first", {
    before: () => {
      second = writeAtomically(file, "second", {
        before: () => void events.push(readFileSync(file, "utf8")),
      });
    },
    after: async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      events.push("done");
    },
  });
  await second;
  expect(events).toEqual(["done", "first"]);
});

test("a full disk leaves the old tape whole and no temporary file", async (context) => {
  const disk = join(base, "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    context.skip("a file system of its own cannot be mounted here");
  }
  try {
    const store = new FileStore({ folder: disk });
    const file = join(disk, "tests", "a.yaml");
    await store.write(file, "old");
    await expect(store.write(file, "x".repeat(1_000_000))).rejects.toMatchObject({
      code: "CASSETTE_WRITE_FAILED",
      message: expect.stringContaining("the disk is full (ENOSPC)"),
    });
    expect(store.read(file)).toBe("old");
    expect(readdirSync(join(disk, "tests"))).toEqual(["a.yaml"]);
    await store.write(file, "new");
    expect(store.read(file)).toBe("new");
  } finally {
    execFileSync("umount", [disk]);
  }
});

test("a read-only disk leaves the old tape whole", async (context) => {
  const disk = join(base, "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    context.skip("a file system of its own cannot be mounted here");
  }
  try {
    const store = new FileStore({ folder: disk });
    const file = join(disk, "a.yaml");
    await store.write(file, "old");
    execFileSync("mount", ["-o", "remount,ro", disk]);
    await expect(store.write(file, "new")).rejects.toThrow(/the file system is read-only \(EROFS\)/);
    expect(store.read(file)).toBe("old");
  } finally {
    execFileSync("umount", [disk]);
  }
});

async function killAfter(child: ChildProcess, milliseconds: number): Promise<void> {
  const gone = once(child, "exit");
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill("SIGKILL");
  await gone;
}

/** Whether a text is as `writer.ts` writes it: the last line names the same version. */
function isWhole(text: string, version: number): boolean {
  if (version === 0) return text === "version 0\n";
  const lines = text.split("\n");
  return lines.length === 20_003 && lines.at(-2) === `end ${version}` && lines.at(-1) === "";
}
