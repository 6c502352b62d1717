import type { TapeEntry } from "../cassette/model.ts";
import { type Difference, differences, valueDifferences } from "../diagnosis/differences.ts";
import type { NormalizedRequest } from "../matching/normalize.ts";
import { isPrompt } from "../providers/is-prompt.ts";
import { compareResponses } from "./compare-responses.ts";
import type { Change, ChangedPart, EntryComparison } from "./comparison.ts";
import { entryValue } from "./entry-value.ts";
import { plainValue } from "./plain-value.ts";

type Compared = Pick<EntryComparison, "changes" | "note">;

/**
 * Lists how two entries differ in meaning.
 *
 * @param normalized - returns the form in which a request is compared
 */
export function compareEntries(
  before: TapeEntry,
  after: TapeEntry,
  normalized: (entry: TapeEntry) => NormalizedRequest | undefined,
): Compared {
  const place = comparePlaces(before, after);
  if (before.kind === "request" && after.kind === "request") {
    const [recorded, live] = [normalized(before), normalized(after)];
    const asked = recorded === undefined || live === undefined ? [] : differences(live, recorded);
    const { changes, note } = compareResponses(before, after);
    const requests = asked.map((each) => changeOf(isPrompt(each.path) ? "prompt" : "request", each));
    return { changes: [...place, ...requests, ...changes], note };
  }
  if (before.kind === "request" || after.kind === "request") return { changes: place, note: undefined };
  const [old, now] = [entryValue(before), entryValue(after)];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  // Their place was compared above.
  for (const name of ["test", "parent"]) names.delete(name);
  const changes = [...names].flatMap((name) =>
    valueDifferences(name, now[name], old[name]).map((each) => changeOf("value", each)),
  );
  return { changes: [...place, ...changes], note: undefined };
}

/** Compares the test that recorded them, and the call or step that they happened in. */
function comparePlaces(before: TapeEntry, after: TapeEntry): readonly Change[] {
  return (["test", "parent"] as const).flatMap((path): Change[] =>
    before[path] === after[path] ? [] : [{ part: "value", path, before: before[path], after: after[path] }],
  );
}

function changeOf(part: ChangedPart, { path, recorded, live }: Difference): Change {
  return { part, path, before: plainValue(recorded), after: plainValue(live) };
}
