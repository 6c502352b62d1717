/** Run in a process of its own: adds one to the number in a file many times over, or takes its lock and keeps it. */
import { readFileSync, writeFileSync } from "node:fs";
import { withLock } from "../../src/storage/lock.ts";

const [file = "", folder = "", times = ""] = process.argv.slice(2);

if (times === "hold") {
  await withLock(
    file,
    () =>
      new Promise<void>(() => {
        process.send?.("held");
        setInterval(() => {}, 1000);
      }),
    { folder },
  );
}

for (let count = 0; count < Number(times); count += 1) {
  await withLock(
    file,
    async () => {
      const value = Number(readFileSync(file, "utf8"));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
      writeFileSync(file, String(value + 1));
    },
    { folder, timeout: 60_000 },
  );
}
