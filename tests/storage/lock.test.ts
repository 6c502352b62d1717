import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withLock } from "../../src/storage/lock.ts";

const run = promisify(execFile);
const COUNTER = fileURLToPath(new URL("counter.ts", import.meta.url));

let base: string;
let file: string;
let folder: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "lock-")));
  file = join(base, "a.yaml");
  folder = join(base, "locks");
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(base, { recursive: true, force: true });
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("work for one file is done one after the other, in the order in which it was asked for", async () => {
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await sleep(5);
    order.push(`${name} ends`);
  };
  const first = withLock(file, work("first"), { folder });
  await sleep(20);
  await Promise.all([first, withLock(file, work("second"), { folder })]);
  expect(order).toEqual(["first begins", "first ends", "second begins", "second ends"]);
});

test("work for different files goes on at once", async () => {
  let other = false;
  await withLock(
    file,
    async () => {
      await withLock(
        join(base, "b.yaml"),
        async () => {
          other = true;
        },
        { folder },
      );
    },
    { folder },
  );
  expect(other).toBe(true);
});

test("one file is one file whatever the case of its name", async () => {
  await withLock(
    file,
    async () => {
      await expect(
        withLock(file.toUpperCase(), async () => 1, { folder, timeout: 50 }),
      ).rejects.toMatchObject({
        code: "CASSETTE_LOCKED",
      });
    },
    { folder },
  );
});

test("an error of the work is passed on, and the lock is free again", async () => {
  await expect(withLock(file, async () => Promise.reject(new Error("broken")), { folder })).rejects.toThrow(
    "broken",
  );
  await expect(withLock(file, async () => 1, { folder, timeout: 50 })).resolves.toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test("whoever waits too long is told who has it and how to name the cassette", async () => {
  await withLock(
    file,
    async () => {
      await expect(withLock(file, async () => 1, { folder, timeout: 50 })).rejects.toMatchObject({
        code: "CASSETTE_LOCKED",
        message: expect.stringMatching(
          new RegExp(`process ${process.pid} has been .+ for 50 ms\\.\nGive each test a cassette of its own`),
        ),
      });
    },
    { folder },
  );
});

test("fake timers do not stop a lock", async () => {
  vi.useFakeTimers();
  const first = withLock(file, async () => 1, { folder });
  const second = withLock(file, async () => 2, { folder });
  expect(await Promise.all([first, second])).toEqual([1, 2]);
});

test("many in one process lose nothing", async () => {
  let value = 0;
  await Promise.all(
    Array.from({ length: 40 }, () =>
      withLock(
        file,
        async () => {
          const before = value;
          await sleep(Math.random() * 2);
          value = before + 1;
        },
        { folder, timeout: 20_000 },
      ),
    ),
  );
  expect(value).toBe(40);
});

test("four processes that add to one file lose nothing", async () => {
  writeFileSync(file, "0");
  await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, [COUNTER, file, folder, "25"])));
  expect(readFileSync(file, "utf8")).toBe("100");
}, 60_000);

test("the lock of a killed process is taken over at once", async () => {
  writeFileSync(file, "0");
  const child = fork(COUNTER, [file, folder, "hold"]);
  await once(child, "message");
  await expect(withLock(file, async () => 1, { folder, timeout: 100 })).rejects.toMatchObject({
    code: "CASSETTE_LOCKED",
  });
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  await expect(withLock(file, async () => 1, { folder, timeout: 1000 })).resolves.toBe(1);
}, 30_000);

test("a ticket that has been silent for long is nobody's, though its process number is taken again", async () => {
  await withLock(file, async () => 1, { folder });
  const name = await withLock(file, async () => readdirSync(join(folder, onlyOne(readdirSync(folder)))), {
    folder,
  });
  const key = await withLock(file, async () => onlyOne(readdirSync(folder)), { folder });
  const host = /^\d{12}-([0-9a-f]{6})-/.exec(onlyOne(name))?.[1];
  mkdirSync(join(folder, key));
  const old = join(folder, key, `000000000001-${host}-${process.ppid}-0123456789ab`);
  writeFileSync(old, "");
  await expect(withLock(file, async () => 1, { folder, timeout: 50 })).rejects.toMatchObject({
    code: "CASSETTE_LOCKED",
  });
  utimesSync(old, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
  await expect(withLock(file, async () => 1, { folder, timeout: 50 })).resolves.toBe(1);
});

function onlyOne(names: readonly string[]): string {
  expect(names).toHaveLength(1);
  return names[0] as string;
}
