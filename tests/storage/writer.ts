/** Runs in a process of its own, to be killed: writes one version of a file after another. */
import { FileStore } from "../../src/storage/file-store.ts";

const [folder = "", file = "", first = ""] = process.argv.slice(2);
const store = new FileStore({ folder });

for (let version = Number(first); ; version += 1) {
  const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line} of version ${version}`);
  await store.write(file, `version ${version}\n${lines.join("\n")}\nend ${version}\n`);
  if (version === Number(first)) process.send?.("writing");
}
