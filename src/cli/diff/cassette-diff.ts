import { compareTapes } from "../../compare/compare-tapes.ts";
import type { EntryComparison, TapeComparison } from "../../compare/comparison.ts";
import type { MatchRules } from "../../matching/rules.ts";
import type { TapeRead } from "../read-tape.ts";

/** How one cassette differs. */
export interface CassetteDiff {
  readonly status: "same" | "changed" | "renamed" | "added" | "deleted" | "unreadable";
  /** The path of the later one, for messages; of one that was deleted, the path that it had. */
  readonly file: string;
  /** The path of the earlier one, if it is another. A cassette that was renamed has the same status if it changed, too. */
  readonly from: string | undefined;
  /** `undefined` for a cassette that cannot be read. */
  readonly comparison: TapeComparison | undefined;
  /** Why it cannot be read. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** Two states of one cassette, or two cassettes. At least one of them is there. */
export interface Versions {
  readonly before: TapeRead | undefined;
  readonly after: TapeRead | undefined;
  /** Whether the user named two cassettes to compare, instead of one that changed. */
  readonly areTwo?: boolean | undefined;
}

/** Compares two states of one cassette, or two cassettes. */
export function diffCassettes({ before, after, areTwo = false }: Versions, rules: MatchRules): CassetteDiff {
  const file = (after ?? before)?.file ?? "";
  const from = before !== undefined && before.file !== file ? before.file : undefined;
  const broken = [after, before].find((read) => read?.kind === "broken");
  if (broken?.kind === "broken") {
    const { code, message } = broken;
    return { status: "unreadable", file, from, comparison: undefined, error: { code, message } };
  }
  const comparison = compareTapes(entriesOf(before), entriesOf(after), { rules });
  const status =
    before === undefined
      ? "added"
      : after === undefined
        ? "deleted"
        : from !== undefined && !areTwo
          ? "renamed"
          : comparison.differs
            ? "changed"
            : "same";
  return { status, file, from, comparison, error: undefined };
}

function entriesOf(read: TapeRead | undefined): Parameters<typeof compareTapes>[0] {
  return read?.kind === "tape" ? read.tape.interactions : [];
}

/** Whether a report mentions it. */
export function isDifferent({ status }: CassetteDiff): boolean {
  return status !== "same";
}

/** Names what changed in a cassette: `prompt, text, 1 interaction added`. */
export function partsOf({ entries }: TapeComparison): readonly string[] {
  const parts = new Set(
    entries.flatMap(({ changes, timing }) => [
      ...changes.map(({ part, path }) => (part === "value" ? (path?.split(/[.[]/, 1)[0] ?? part) : part)),
      ...(timing.some(({ notable }) => notable) ? ["timing"] : []),
    ]),
  );
  const of = (status: EntryComparison["status"]): number =>
    entries.filter((entry) => entry.status === status).length;
  const counted = (number: number, what: string): readonly string[] =>
    number === 0 ? [] : [`${number} ${what}`];
  const moved = entries.some((entry) => entry.moved) ? ["order"] : [];
  return [...parts, ...moved, ...counted(of("added"), "added"), ...counted(of("removed"), "removed")];
}
