import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Environment } from "./environment-secrets.ts";

/** `.env`, `.env.local`, `.env.test.local`: the files whose values tools load into the environment. */
const ENV_FILE = /^\.env(?:\.[\w.-]+)?$/;
/** Files that show which variables there are. */
const TEMPLATE = /\.(?:example|sample|template|dist|defaults?)$/;

/** The variables of the `.env` files in a folder, one environment a file. Files that cannot be read hold none. */
export function envFiles(folder: string): readonly Environment[] {
  return namesIn(folder)
    .filter((name) => ENV_FILE.test(name) && !TEMPLATE.test(name))
    .flatMap((name) => {
      try {
        return [parseEnv(readFileSync(join(folder, name), "utf8"))];
      } catch {
        // A folder of that name, or a file of somebody else.
        return [];
      }
    });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No such folder: no files in it.
    return [];
  }
}
