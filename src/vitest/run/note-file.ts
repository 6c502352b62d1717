import { relative, sep } from "node:path";
import { workerState } from "../../session/worker-state.ts";
import { type CassetteUse, ourMeta } from "./meta.ts";

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
