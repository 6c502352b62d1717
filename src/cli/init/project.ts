import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { isObject } from "../../cassette/is-object.ts";
import { parseJson } from "../../streams/parse-json.ts";
import { UsageError } from "../usage-error.ts";

/** A project, as `init` finds it. */
export interface Project {
  /** Absolute path. */
  readonly folder: string;
  readonly isModule: boolean;
  readonly hasTypeScript: boolean;
  /** Names of all dependencies. */
  readonly dependencies: ReadonlySet<string>;
  readonly packageManager: "npm" | "pnpm" | "yarn" | "bun";
  /** Name of the file; `undefined` if there is none. */
  readonly config: string | undefined;
  /** Whether a test uses cassettes. */
  readonly hasCassetteTest: boolean;
  /** Folder of the tests, relative; empty for the project's own. */
  readonly testFolder: string;
  /** Absolute path of the git work tree; `undefined` outside of git. */
  readonly gitRoot: string | undefined;
}

const LOCK_FILES = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["package-lock.json", "npm"],
] as const;
const CONFIGS = ["vitest", "vite"].flatMap((tool) =>
  ["ts", "mts", "cts", "js", "mjs", "cjs"].map((ending) => `${tool}.config.${ending}`),
);
const TEST_FOLDERS = ["tests", "test", "__tests__"];
/** Enough to find a test that uses cassettes; a repository may be huge. */
const MAX_TESTS = 2000;

/** @throws UsageError if the folder has no package.json that can be read */
export function readProject(folder: string): Project {
  const has = (name: string): boolean => existsSync(join(folder, name));
  const found = textOf(join(folder, "package.json"));
  const manifest = found === undefined ? undefined : parseJson(found);
  if (!isObject(manifest)) {
    const why = found === undefined ? "there is no package.json here" : "package.json is not valid JSON";
    throw new UsageError(
      `Failed to set up cassettes: ${why}.\nRun this in the folder of a package (npm init makes one).`,
    );
  }
  const namesIn = (field: unknown): readonly string[] => (isObject(field) ? Object.keys(field) : []);
  const parents = parentsOf(folder);
  const above = (name: string): boolean => parents.some((each) => existsSync(join(each, name)));
  return {
    folder,
    isModule: manifest.type === "module",
    hasTypeScript: has("tsconfig.json") || above("tsconfig.json"),
    dependencies: new Set([...namesIn(manifest.dependencies), ...namesIn(manifest.devDependencies)]),
    packageManager: LOCK_FILES.find(([file]) => above(file))?.[1] ?? "npm",
    config: CONFIGS.find(has),
    hasCassetteTest: hasCassetteTest(folder),
    testFolder: TEST_FOLDERS.find(has) ?? "",
    gitRoot: parents.find((each) => existsSync(join(each, ".git"))),
  };
}

/** Reads a file of the project; `undefined` if it does not exist. */
export function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Returns the path of a program of the package, from the root of the git repository, for its configuration. */
export function binaryOf({ folder, gitRoot = folder }: Project): string {
  const binary = "node_modules/.bin/vitest-cassette";
  const way = relative(gitRoot, folder).split(sep).join("/");
  return way !== "" && (existsSync(join(folder, binary)) || !existsSync(join(gitRoot, binary)))
    ? `${way}/${binary}`
    : binary;
}

/** The folder and those above it, up to the root of the git repository or of the file system. */
function parentsOf(folder: string): readonly string[] {
  const parents = [folder];
  for (let at = folder; dirname(at) !== at && !existsSync(join(at, ".git")); ) {
    at = dirname(at);
    parents.push(at);
  }
  return parents;
}

function hasCassetteTest(folder: string): boolean {
  let left = MAX_TESTS;
  const look = (at: string): boolean =>
    readdirSync(at, { withFileTypes: true }).some((entry) => {
      if (entry.name === "node_modules" || entry.name.startsWith(".") || left <= 0) return false;
      const path = join(at, entry.name);
      if (entry.isDirectory()) return look(path);
      if (!entry.isFile() || !/\.(?:test|spec)\.[cm]?[jt]sx?$/.test(entry.name)) return false;
      left -= 1;
      return /['"]vitest-cassette['"]/.test(readFileSync(path, "utf8"));
    });
  return look(folder);
}
