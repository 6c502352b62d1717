import type { Sequences } from "../freeze/freeze.ts";
import type { Chunks } from "../options/options.ts";
import type { Cassette } from "./cassette.ts";

/** Where a tape stands: what was played of it, and what was drawn from its frozen chance. */
export interface RerunMark {
  /** How many recordings were played. */
  readonly played: number;
  readonly sequences: Sequences | undefined;
}

/** Plays a part of a test again from the same place of its tape. */
export interface Rerun {
  mark(): RerunMark;
  /** Goes back to `mark`, and cuts what is played from there on so; `undefined` as the options say. */
  from(mark: RerunMark, chunks: Chunks | undefined): void;
  warn(message: string): void;
}

/** Not for users, and so not a name: the property of a cassette's handle that {@link Rerun} is found under. */
export const RERUN: unique symbol = Symbol.for("vitest-cassette/rerun/1");

/** `undefined` for what is no cassette. */
export function rerunOf(cassette: Cassette): Rerun | undefined {
  return (cassette as Partial<Record<typeof RERUN, Rerun>> | null | undefined)?.[RERUN];
}
