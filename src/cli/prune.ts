import { lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { count } from "../cassette/count.ts";
import { CassetteError } from "../cassette/errors.ts";
import { formatAge } from "../options/max-age.ts";
import { failedFile, tapeOfFailed } from "../storage/names.ts";
import { shownPath, systemReason } from "../storage/storage-error.ts";
import { removeUnusedBodies, unusedBodies } from "../storage/unused-bodies.ts";
import type { CommandContext } from "./command.ts";
import { type LastRun, lastRunFile, readLastRun } from "./last-run.ts";
import { isInside } from "./project-settings.ts";
import { size } from "./size.ts";
import { foldersIn, yamlFilesIn } from "./tape-files.ts";

/** Lists the cassettes that the last full run did not use, and deletes them with `--yes`. */
export async function prune(context: CommandContext): Promise<0 | 1> {
  const { terminal, invocation } = context;
  const { directory } = terminal.surroundings;
  const [project] = await context.projects();
  const run = readLastRun(lastRunFile(project?.cacheDir ?? join(directory, "node_modules/.vite")));
  if (run === undefined || !run.full) throw noFullRun();
  const { unused, kept } = sort(run);
  const yes = invocation.flag("yes");
  if (yes) for (const { path } of unused) await remove(path, run.cassetteDirs);
  const bytes = unused.reduce((sum, each) => sum + each.bytes, 0);
  if (invocation.flag("json")) {
    const files = (paths: readonly { readonly path: string }[]) => paths.map(({ path }) => shownPath(path));
    terminal.printJson({ run: run.at, unused: files(unused), kept: files(kept), deleted: yes });
    return 0;
  }
  const age = formatAge(Math.max(1, Date.now() - Date.parse(run.at)));
  for (const { path, why } of kept) terminal.note(`${shownPath(path)} stays: ${why}.`);
  if (unused.length === 0) {
    terminal.print(`Every cassette was used by the last full run (${age} ago).`);
    return 0;
  }
  terminal.print(...unused.map((each) => terminal.clean(`${shownPath(each.path)}  ${size(each.bytes)}`)));
  const what = `${count(unused.length, "cassette")} (${size(bytes)})`;
  if (yes) terminal.print(`${what} deleted.`);
  else {
    terminal.print(
      `${what} not used by the last full run (${age} ago).`,
      "To delete: npx vitest-cassette prune --yes",
    );
  }
  return 0;
}

function noFullRun(): CassetteError {
  return new CassetteError(
    "CASSETTE_NO_FULL_RUN",
    "Failed to find unused cassettes: no full run of the tests is known here.\n" +
      "Run all tests with npx vitest run without a filter, .only or --shard, and with no test skipped or failed. Then prune again.",
  );
}

interface Unused {
  readonly path: string;
  readonly bytes: number;
}

interface Kept {
  readonly path: string;
  readonly why: string;
}

function sort({ used, cassetteDirs, at }: LastRun): {
  readonly unused: readonly Unused[];
  readonly kept: readonly Kept[];
} {
  const known = new Set(used.flatMap((path) => [path, failedFile(path)]));
  const unused: Unused[] = [];
  const kept: Kept[] = [];
  for (const path of new Set(cassetteDirs.flatMap(yamlFilesIn))) {
    if (known.has(path)) continue;
    const stats = lstatSync(path);
    if (!stats.isFile()) kept.push({ path, why: "it is a link" });
    else if (stats.mtimeMs > Date.parse(at))
      kept.push({ path, why: "it was written after the last full run" });
    else if (!isCassette(path)) kept.push({ path, why: "it is not a cassette" });
    else unused.push({ path, bytes: stats.size });
  }
  for (const path of cassetteDirs.flatMap(foldersIn).flatMap((folder) => unusedBodies(folder))) {
    const stats = lstatSync(path);
    if (stats.mtimeMs <= Date.parse(at)) unused.push({ path, bytes: stats.size });
  }
  return { unused, kept };
}

/** Also true for a broken one. */
function isCassette(path: string): boolean {
  return /^cassette:/m.test(readFileSync(path, "utf8").slice(0, 4096)) || tapeOfFailed(path) !== undefined;
}

/** Deletes a file with its body files, and the folders that become empty, except the folders of cassettes themselves. */
async function remove(path: string, roots: readonly string[]): Promise<void> {
  try {
    rmSync(path, { force: true });
    await removeUnusedBodies(path);
    for (
      let folder = dirname(path);
      roots.some((root) => isInside(folder, root)) && readdirSync(folder).length === 0;
      folder = dirname(folder)
    ) {
      rmdirSync(folder);
    }
  } catch (error) {
    throw new CassetteError(
      "CASSETTE_WRITE_FAILED",
      `Failed to delete ${shownPath(path)}: ${systemReason(error)}.\nGrant permission to delete it, then prune again.`,
      { cause: error },
    );
  }
}
