import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { TapeStore } from "./tape-store.ts";

const cache = new Map<string, { text: string; value: unknown }>();
export const devStore: TapeStore = {
  exists: (file) => existsSync(file),
  load(file, parse) {
    if (!existsSync(file)) return undefined;
    const text = readFileSync(file, "utf8");
    let hit = cache.get(file);
    if (hit?.text !== text) {
      hit = { text, value: parse(text) };
      cache.set(file, hit);
    }
    return hit.value as never;
  },
  exclusively: (_file, work) => work(),
  async write(file, text) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.tmp`, text);
    renameSync(`${file}.tmp`, file);
  },
  async writeFailed(file, text) {
    const f = file.replace(/\.yaml$/, ".failed.yaml");
    writeFileSync(f, text);
    return f;
  },
  async removeFailed(file) {
    rmSync(file.replace(/\.yaml$/, ".failed.yaml"), { force: true });
  },
};
const slug = (t: string) =>
  t
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
const stem = (f: string) => f.replace(/\.(test|spec)?\.?[cm]?[jt]sx?$/, "");
export const explicitCassetteFile = (name: string) => `${name}.yaml`;
export const fileCassetteFile = (f: string) => `${stem(f)}.yaml`;
export const testCassetteFile = (f: string, names: readonly string[]) =>
  `${stem(f)}/${names.map(slug).join("-")}.yaml`;
