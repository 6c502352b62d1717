import type { PieceSide, PieceWatcher } from "../streams/piece-watch.ts";
import type { EventBus } from "./bus.ts";
import { shortHash } from "./short-hash.ts";

/** Sends the pieces of one stream as events. */
export function pieceEvents(bus: EventBus, side: PieceSide): PieceWatcher {
  const id = bus.newId();
  let index = 0;
  let accumulated = 0;
  return (piece) => {
    if (!bus.reads(side)) return;
    const done = piece === undefined;
    const kept = piece?.slice() ?? new Uint8Array();
    const { length: bytes } = kept;
    accumulated += bytes;
    const place = { id, index: index++, bytes, accumulated, done };
    bus.emit(side, () => ({ ...place, sha1: shortHash(kept) }));
  };
}
