/** Where a piece of a traced stream was seen: as the code passes it on, or as it leaves through a response. */
export type PieceSide = "emit" | "socket_write";

/** Gets each piece of one stream, and `undefined` at its end. */
export type PieceWatcher = (piece: Uint8Array | undefined) => void;

/** Starts to watch a stream; returns `undefined` if nobody is interested. */
export type WatchPieces = (side: PieceSide) => PieceWatcher | undefined;

const KEY = Symbol.for("vitest-cassette/piece-watch/1");

interface Holder {
  [KEY]?: WatchPieces;
}

/** Says who watches the streams that are traced from now on. */
export function setPieceWatch(watch: WatchPieces): void {
  (globalThis as Holder)[KEY] = watch;
}

export function watchPieces(side: PieceSide): PieceWatcher | undefined {
  return (globalThis as Holder)[KEY]?.(side);
}
