import type { TestTask } from "./test-scope.ts";

export type FileTask = Pick<TestTask["file"], "tasks">;

/** State of the test file that runs. A worker runs one file at a time. */
interface FileState {
  /** Set when the tests have been collected: from then on, a call outside any test cannot reach a test. */
  collected: boolean;
  /** The tapes that its tests share; `undefined` if there are none. */
  tapes: { settle(file: FileTask): Promise<void> } | undefined;
}

const KEY = Symbol.for("vitest-cassette/file/3");

interface Holder {
  [KEY]?: FileState | undefined;
}

export function fileState(): FileState {
  const holder = globalThis as Holder;
  holder[KEY] ??= { collected: false, tapes: undefined };
  return holder[KEY];
}

/** Call it after the last test of a file. */
export async function settleFile(file: FileTask): Promise<void> {
  const holder = globalThis as Holder;
  const state = holder[KEY];
  holder[KEY] = undefined;
  await state?.tapes?.settle(file);
}
