import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export interface ListedCassette {
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
}

/**
 * The cassette files of a folder and those below it, a folder at a time and in the order of their names: stop
 * asking, and no more is read. Links are not followed; recordings of failed tests and hidden files are no cassettes; what
 * cannot be read is left out.
 */
export function* listCassettes(folder: string): Generator<ListedCassette, void> {
  const entries = entriesOf(folder).filter(({ name }) => !name.startsWith("."));
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(".yaml") || entry.name.endsWith(".failed.yaml")) continue;
    const file = join(folder, entry.name);
    const bytes = sizeOf(file);
    if (bytes !== undefined) yield { file, bytes };
  }
  for (const entry of entries) if (entry.isDirectory()) yield* listCassettes(join(folder, entry.name));
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch {
    return [];
  }
}

function sizeOf(file: string): number | undefined {
  try {
    return statSync(file).size;
  } catch {
    return undefined;
  }
}
