import { realpathSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, relative, sep } from "node:path";

/** Writes paths so that they are the same on every machine. */
export class PortablePaths {
  readonly #root: string;
  readonly #folders: readonly { readonly pattern: RegExp; readonly short: string }[];

  constructor(root: string) {
    this.#root = root;
    const folders = [
      ...written(root, "."),
      ...[...new Set([tmpdir(), real(tmpdir())])].flatMap((folder) => written(folder, TMP)),
      ...written(homedir(), "~"),
    ];
    this.#folders = folders;
  }

  /** Replaces the paths in a text: `.` is the project's folder, `<tmp>` that of temporary files, `~` the user's own. */
  text(text: string): string {
    let short = text;
    for (const { pattern, short: name } of this.#folders) short = short.replace(pattern, name);
    return short.includes(TMP) ? short.replace(RANDOM_NAME, "$1XXXXXX") : short;
  }

  /** A working directory relative to the project's folder; `undefined` for that folder itself. */
  folder(path: string): string | undefined {
    const inside = relative(this.#root, path);
    if (inside === "") return undefined;
    if (inside.startsWith("..") || isAbsolute(inside)) return this.text(path);
    return inside.split(sep).join("/");
  }
}

const TMP = "<tmp>";
/** What `mkdtemp` makes of a prefix that ends in a separator. */
const RANDOM_NAME = /(<tmp>[/\\](?:[\w.-]*[-_.])?)[A-Za-z0-9]{6}(?![\w.-])/g;

function written(
  folder: string,
  short: string,
): readonly { readonly pattern: RegExp; readonly short: string }[] {
  // The root of a disk is a part of every path.
  if (folder.length < 4) return [];
  const escaped = folder.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return [{ pattern: new RegExp(`(?<![\\w.-])${escaped}(?![\\w.-])`, "g"), short }];
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It may be missing.
    return path;
  }
}
