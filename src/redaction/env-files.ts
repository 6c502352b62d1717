import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Environment } from "./environment-secrets.ts";

/** `.env`, `.env.local`, `.env.test.local`: the files whose values tools load into the environment. */
const ENV_FILE = /^\.env(?:\.[\w.-]+)?$/;
/** Files that only list the variables. */
const TEMPLATE = /\.(?:example|sample|template|dist|defaults?)$/;

/** Reads the `.env` files in a folder: one environment per file. Skips files that cannot be read. */
export function envFiles(folder: string): readonly Environment[] {
  return namesIn(folder)
    .filter((name) => ENV_FILE.test(name) && !TEMPLATE.test(name))
    .flatMap((name) => {
      try {
        return [parseEnv(readFileSync(join(folder, name), "utf8"))];
      } catch {
        // A folder of that name, or a file without permission to read it.
        return [];
      }
    });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No such folder, so no files.
    return [];
  }
}
