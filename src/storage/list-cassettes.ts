import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export interface ListedCassette {
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
}

/**
 * Yields the cassette files in a folder and below it, sorted by name. Reads one folder at a time, on demand. Does not
 * follow links. Skips recordings of failed tests, hidden files, and folders that cannot be read.
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
