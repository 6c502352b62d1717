import { relative, resolve, sep } from "node:path";
import { TextDecoder } from "node:util";
import { findRenames, type NamedTape } from "../../compare/find-renames.ts";
import { FileStore } from "../../storage/file-store.ts";
import { tapeOfFailed } from "../../storage/names.ts";
import { shownPath } from "../../storage/storage-error.ts";
import type { CommandContext } from "../command.ts";
import { type ChangedFile, Repository } from "../git.ts";
import { isInside } from "../project-settings.ts";
import { type ReadTapeOptions, readTapeText, type TapeRead } from "../read-tape.ts";
import type { Tapes } from "../tapes.ts";
import type { Versions } from "./cassette-diff.ts";

/** A cassette that differs from a commit. */
export interface ChangedCassette extends Versions {
  /** Absolute paths of both states. */
  readonly paths: readonly string[];
}

/** Reads the cassettes that differ from a commit, in both states. A deleted and a new one with the same content are one. */
export async function changedCassettes(
  { invocation, terminal }: CommandContext,
  tapes: Tapes,
): Promise<readonly ChangedCassette[]> {
  const { directory } = terminal.surroundings;
  const repository = await Repository.at(directory);
  const commit = await repository.baseOf(invocation.values("base")[0] ?? "HEAD");
  const named = invocation.values("dir").map((dir) => resolve(directory, dir));
  const configured = tapes.projects.flatMap(({ dir }) => dir ?? []);
  const folders = named.length > 0 ? named : [directory, ...configured];
  const isCassette = (path: string): boolean =>
    /(?:^|[/\\])[^./\\][^/\\]*\.yaml$/.test(path) &&
    tapeOfFailed(path) === undefined &&
    (named.length > 0 ||
      configured.some((dir) => isInside(path, dir)) ||
      relative(directory, path).split(sep).slice(0, -1).includes("cassettes")) &&
    !path.split(sep).includes("node_modules");
  const inside = folders.filter((folder) => folder === repository.root || isInside(folder, repository.root));
  const files = (await repository.changedSince(commit, inside)).filter(({ path }) => isCassette(path));
  const cassettes: ChangedCassette[] = [];
  for (const [index, file] of files.entries()) {
    terminal.progress("Reading cassettes", index, files.length);
    cassettes.push(await readBoth(file));
  }
  terminal.clearProgress();
  return joinRenamed(cassettes);

  async function readBoth({ path, status }: ChangedFile): Promise<ChangedCassette> {
    const before = status === "added" ? undefined : await readCommitted(path);
    const after = status === "deleted" ? undefined : tapes.read({ path, folder: repository.root });
    return { paths: [path], before, after };
  }

  async function readCommitted(path: string): Promise<TapeRead | undefined> {
    const bytes = await repository.read(commit, relative(repository.root, path).split(sep).join("/"));
    if (bytes === undefined) return undefined;
    // A body that did not change is still in the folder, under the same name.
    const store = new FileStore({ folder: repository.root });
    const options: ReadTapeOptions = {
      redact: terminal.redact,
      maxBytes: tapes.maxBytes,
      openBody: (...body) => store.openBody(path, ...body),
    };
    return readTapeText(shownPath(path), new TextDecoder().decode(bytes), options);
  }
}

function joinRenamed(cassettes: readonly ChangedCassette[]): readonly ChangedCassette[] {
  const gone = cassettes.flatMap(({ before, after }) => (after === undefined ? named(before) : []));
  const added = cassettes.flatMap(({ before, after }) => (before === undefined ? named(after) : []));
  const renames = findRenames(gone, added);
  const replaced = new Set([...renames.values()].map(({ name }) => name));
  return cassettes.flatMap((cassette) => {
    const { before, after, paths } = cassette;
    if (after === undefined) return replaced.has(before?.file ?? "") ? [] : [cassette];
    const earlier = renames.get(after.file);
    if (before !== undefined || earlier === undefined) return [cassette];
    const from = cassettes.find((other) => other.before?.file === earlier.name);
    return [{ before: from?.before, after, paths: [...(from?.paths ?? []), ...paths] }];
  });
}

function named(read: TapeRead | undefined): readonly NamedTape[] {
  return read?.kind === "tape" ? [{ name: read.file, entries: read.tape.interactions }] : [];
}
