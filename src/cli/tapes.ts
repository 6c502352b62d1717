import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { didYouMean } from "../options/did-you-mean.ts";
import { shownPath } from "../storage/storage-error.ts";
import type { CommandContext } from "./command.ts";
import { parseSize } from "./parse-size.ts";
import type { ProjectSettings } from "./project-settings.ts";
import { readTape, type TapeRead } from "./read-tape.ts";
import { type Found, findTapes, type TapeFile } from "./tape-files.ts";
import { UsageError } from "./usage-error.ts";

/** The cassettes of a command line and its Vitest config. */
export interface Tapes {
  readonly projects: readonly ProjectSettings[];
  /** Larger files are not read; `undefined` for the default. */
  readonly maxBytes: number | undefined;
  /** @throws UsageError if a folder does not exist, or there is none */
  find(): Found;
  /**
   * Finds a cassette by its path, or by its name in one of the folders, with or without `.yaml`.
   *
   * @throws UsageError if there is none
   */
  called(name: string): TapeFile;
  read(tape: TapeFile): TapeRead;
}

/** Reads the Vitest config and the options that all commands on cassettes share. */
export async function tapesOf({ invocation, terminal, projects }: CommandContext): Promise<Tapes> {
  const { values } = invocation;
  const given = values("max-tape-bytes").map((size) => parseSize("--max-tape-bytes", size))[0];
  const settings = await projects();
  const configured = settings.flatMap(({ maxTapeBytes }) => maxTapeBytes ?? []);
  const maxBytes = given ?? (configured.length === 0 ? undefined : Math.max(...configured));
  const { directory } = terminal.surroundings;
  const find = (): Found => findTapes(values("dir"), directory, settings);
  return {
    projects: settings,
    maxBytes,
    find,
    called: (name) => tapeCalled(name, directory, () => find().tapes),
    read: (tape) => readTape(tape, { redact: terminal.redact, maxBytes }),
  };
}

function tapeCalled(name: string, directory: string, allTapes: () => readonly TapeFile[]): TapeFile {
  const direct = [name, `${name}.yaml`].map((each) => resolve(directory, each));
  const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  const path = name.includes("\0") ? undefined : direct.find(isFile);
  if (path !== undefined) return { path, folder: dirname(path) };
  const short = allTapes().map((tape) => ({ tape, name: nameOf(tape) }));
  const wanted = name.replace(/\.yaml$/, "");
  const found = short.find((each) => each.name === wanted);
  if (found !== undefined) return found.tape;
  const [alike, another] = short.filter((each) => each.name.endsWith(`/${wanted}`));
  if (alike !== undefined && another === undefined) return alike.tape;
  const names = short.flatMap((each) => [each.name, shownPath(each.tape.path)]);
  const meant = didYouMean(name, names);
  const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  throw new UsageError(`No cassette is called "${name}".${hint} To list them: vitest-cassette ls`);
}

function nameOf({ path, folder }: TapeFile): string {
  return path
    .slice(folder.length + 1)
    .replaceAll("\\", "/")
    .replace(/\.yaml$/, "");
}
