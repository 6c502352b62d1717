import { count } from "../../cassette/count.ts";
import { type CassetteDiff, isDifferent } from "./cassette-diff.ts";

/** `2 cassettes changed, 1 added, 3 the same in meaning`. */
export function summaryOf(diffs: readonly CassetteDiff[]): string {
  const of = (status: CassetteDiff["status"]): number =>
    diffs.filter((each) => each.status === status).length;
  const parts = (["changed", "renamed", "added", "deleted", "unreadable"] as const)
    .filter((status) => of(status) > 0)
    .map((status, index) => `${index === 0 ? count(of(status), "cassette") : of(status)} ${status}`);
  const same = of("same");
  if (!diffs.some(isDifferent)) {
    return same === 0 ? "no cassettes changed" : `${count(same, "cassette")}: no difference in meaning`;
  }
  return [...parts, ...(same === 0 ? [] : [`${same} the same in meaning`])].join(", ");
}

/** `cassettes/new.yaml (was cassettes/old.yaml)`, or `cassettes/one.yaml → cassettes/two.yaml`. */
export function fileOf({ file, from, status }: CassetteDiff): string {
  if (from === undefined) return file;
  return status === "renamed" ? `${file} (was ${from})` : `${from} → ${file}`;
}
