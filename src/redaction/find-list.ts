import type { Find } from "./edits.ts";
import type { JsonLeaf } from "./json-leaf.ts";
import type { Rules } from "./rules.ts";
import type { Piece, View } from "./view.ts";

/** What an inspection found, less what the user says is no secret. */
export class FindList {
  readonly #finds: Find[] = [];
  readonly #allowed: Piece[] = [];
  readonly #rules: Rules;
  readonly #place: string;

  /** `place`: where the text stands, for `allow`: `request.body`. */
  constructor(rules: Rules, place: string) {
    this.#rules = rules;
    this.#place = place;
  }

  /** `view` from `start` to `end` is a secret. */
  addSecret(
    view: View,
    start: number,
    end: number,
    type: string,
    { quoted = false, isWhole = false }: { readonly quoted?: boolean; readonly isWhole?: boolean } = {},
  ): void {
    const secret = view.text.slice(start, end);
    if (this.#rules.allowed.text(secret)) return;
    const pieces = view.locate(start, end);
    if (pieces.length === 0 && secret !== "") return;
    this.#finds.push({ pieces, secret, type: this.#rules.typeOf(secret, type), quoted, isWhole });
  }

  /** `view` from `start` to `end` becomes `replacement`. */
  addReplacement(view: View, start: number, end: number, replacement: string): void {
    const secret = view.text.slice(start, end);
    const pieces = view.locate(start, end);
    if (pieces.length > 0) this.#finds.push({ pieces, secret, type: "", replacement });
  }

  /** Takes note of a leaf whose place the user allows. */
  noteAllowed(leaf: JsonLeaf): void {
    if (!this.#rules.allowed.hasPlaces || !this.#rules.allowed.place(this.#place + leaf.place)) return;
    this.#allowed.push(...leaf.content.locate(0, leaf.content.text.length));
  }

  /** To be asked when all is inspected. */
  toArray(): readonly Find[] {
    if (this.#rules.allowed.place(this.#place)) return [];
    const finds =
      this.#allowed.length === 0 ? this.#finds : this.#finds.filter((find) => !this.#isAllowed(find));
    return this.#place === "request.body" ? withoutRunOn(finds) : finds;
  }

  #isAllowed({ replacement, pieces }: Find): boolean {
    const isIn = (inner: Piece, outer: Piece): boolean =>
      inner.source === outer.source && outer.start <= inner.start && inner.end <= outer.end;
    return (
      replacement === undefined && pieces.every((piece) => this.#allowed.some((place) => isIn(piece, place)))
    );
  }
}

/**
 * The strings of a request are no pieces of a stream: where one ends in a secret, the beginning of the next
 * is none of it, though the two joined look as if it were.
 */
function withoutRunOn(finds: readonly Find[]): readonly Find[] {
  const single = new Map<Piece["source"], Set<number>>();
  for (const { pieces } of finds) {
    const [piece] = pieces;
    if (piece === undefined || pieces.length > 1) continue;
    single.set(piece.source, (single.get(piece.source) ?? new Set()).add(piece.start));
  }
  return finds.filter(({ pieces }) => {
    const [piece] = pieces;
    return pieces.length < 2 || piece === undefined || !single.get(piece.source)?.has(piece.start);
  });
}
