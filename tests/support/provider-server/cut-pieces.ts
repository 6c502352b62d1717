import type { Cut } from "./script.ts";

const CR = 13;
const LF = 10;

/** The same bytes in other pieces. */
export function cutPieces(pieces: Iterable<Uint8Array>, cut: Cut): Iterable<Uint8Array> {
  if (typeof cut === "number") return bySizes(pieces, [], cut);
  if (typeof cut === "string") {
    switch (cut) {
      case "event":
        return pieces;
      case "byte":
        return bySizes(pieces, [], 1);
      case "joined":
        return grouped(pieces, Number.POSITIVE_INFINITY);
      case "character":
        // A byte 10xxxxxx continues the character before it: the cut is before the first of them.
        return between(pieces, (before, after) => before >= 0xc0 && after >= 0x80 && after < 0xc0);
      case "crlf":
        return between(pieces, (before, after) => before === CR && after === LF);
    }
  }
  return "events" in cut ? grouped(pieces, cut.events) : bySizes(pieces, cut, Number.POSITIVE_INFINITY);
}

function* grouped(pieces: Iterable<Uint8Array>, size: number): Iterable<Uint8Array> {
  let group: Uint8Array[] = [];
  for (const piece of pieces) {
    group.push(piece);
    if (group.length >= size) {
      yield Buffer.concat(group);
      group = [];
    }
  }
  if (group.length > 0) yield Buffer.concat(group);
}

function* between(
  pieces: Iterable<Uint8Array>,
  splits: (before: number, after: number) => boolean,
): Iterable<Uint8Array> {
  for (const piece of pieces) {
    let start = 0;
    for (let index = 1; index < piece.length; index += 1) {
      if (splits(piece[index - 1] ?? 0, piece[index] ?? 0)) {
        yield piece.subarray(start, index);
        start = index;
      }
    }
    yield piece.subarray(start);
  }
}

/** `sizes` in turn, then pieces of `rest` bytes. */
function* bySizes(
  pieces: Iterable<Uint8Array>,
  sizes: readonly number[],
  rest: number,
): Iterable<Uint8Array> {
  let turn = 0;
  let held: Uint8Array = new Uint8Array();
  for (const piece of pieces) {
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    for (;;) {
      const size = sizes[turn] ?? rest;
      if (held.length < size || held.length === 0) break;
      yield held.subarray(0, size);
      held = held.subarray(size);
      turn += 1;
    }
  }
  if (held.length > 0) yield held;
}
