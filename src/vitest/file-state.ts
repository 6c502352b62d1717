import { relative, sep } from "node:path";
import { workerState } from "../session/worker-state.ts";
import { type CassetteUse, ourMeta } from "./run/meta.ts";
import type { TestTask } from "./test-scope.ts";

export type FileTask = Pick<TestTask["file"], "tasks" | "meta">;

/** State of the test file that runs. A worker runs one file at a time. */
interface FileState {
  /** Set when the tests have been collected: from then on, a call outside any test cannot reach a test. */
  collected: boolean;
  /** The tapes that its tests share; `undefined` if there are none. */
  tapes: { settle(file: FileTask): Promise<void> } | undefined;
  /** What each test did with its cassettes, by the id of the test. */
  readonly uses: Map<string, readonly CassetteUse[]>;
  /** Called in the end, when all cassettes are closed. */
  readonly atEnd: (() => Promise<void>)[];
}

const KEY = Symbol.for("vitest-cassette/file/5");

interface Holder {
  [KEY]?: FileState | undefined;
}

export function fileState(): FileState {
  const holder = globalThis as Holder;
  holder[KEY] ??= { collected: false, tapes: undefined, uses: new Map(), atEnd: [] };
  return holder[KEY];
}

/** Call it after the last test of a file. */
export async function settleFile(file: FileTask): Promise<void> {
  const { tapes, uses, atEnd } = fileState();
  (globalThis as Holder)[KEY] = undefined;
  try {
    await tapes?.settle(file);
  } finally {
    noteFile(file, uses);
    for (const end of atEnd) await end();
  }
}

/** Writes into the `meta` of a test file that has ended what became of its cassettes. */
export function noteFile(
  file: { readonly meta: object },
  uses: ReadonlyMap<string, readonly CassetteUse[]>,
): void {
  const { notes, settings } = workerState();
  if (notes.size === 0) return;
  const tapes = [...notes].map(([path, note]) => [relative(settings.root, path).split(sep).join("/"), note]);
  ourMeta(file.meta)["vitest-cassette"] = {
    tapes: Object.fromEntries(tapes),
    tests: Object.fromEntries(uses),
  };
  notes.clear();
}
