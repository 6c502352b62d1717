import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import type { Found, RecordingIndex } from "../matching/recording-index.ts";
import { type Difference, differences } from "./differences.ts";

/** The recording that differs least from a live request. */
export interface Nearest {
  readonly recording: Interaction;
  /** Whether its method, origin and path are those of the live request. */
  readonly sameEndpoint: boolean;
  /** None where it is equal, and was played already or is out of its turn. */
  readonly differences: readonly Difference[];
}

/** So many recordings are compared in full; among more, those are chosen whose bytes have most in common. */
const COMPARED = 32;
/** So many bytes of bodies are compared in full: a request may hold images. */
const COMPARED_BYTES = 8 * 1024 * 1024;
/** So many are looked at at all. */
const LOOKED_AT = 10_000;

/**
 * The recording that differs least from a live request: one of the same method, origin and path where
 * there is one; then the one whose differences weigh least; then one that was not played; then the first
 * on the tape. `undefined` for an empty tape. The cost is bounded, however long the tape.
 *
 * @param played - how often a recording was played
 */
export function nearest(
  live: RecordedRequest,
  found: Found,
  index: RecordingIndex,
  played: (recording: Interaction) => number,
): Nearest | undefined {
  if (found.recordings.length > 0) {
    const recording = found.recordings.find((each) => played(each) === 0) ?? found.recordings.at(-1);
    if (recording !== undefined) return { recording, sameEndpoint: true, differences: [] };
  }
  const sameEndpoint = found.sameEndpoint.length > 0;
  const candidates = sameEndpoint ? found.sameEndpoint : index.interactions;
  const unplayedFirst = [
    ...candidates.filter((each) => played(each) === 0),
    ...candidates.filter((each) => played(each) > 0),
  ];

  let least: { readonly nearest: Nearest; readonly weight: number } | undefined;
  let bytes = 0;
  for (const recording of mostInCommon(live, unplayedFirst)) {
    if (least !== undefined && bytes > COMPARED_BYTES) break;
    bytes += recording.request.body?.length ?? 0;
    const found_ = differences(found.canonical, index.canonical(recording));
    const weight = found_.reduce((sum, each) => sum + each.weight, 0);
    if (least === undefined || weight < least.weight) {
      least = { nearest: { recording, sameEndpoint, differences: found_ }, weight };
    }
  }
  return least?.nearest;
}

/** At most `COMPARED` of the candidates, in their order: those whose bytes have most in common with the live request. */
function mostInCommon(live: RecordedRequest, candidates: readonly Interaction[]): readonly Interaction[] {
  if (candidates.length <= COMPARED) return candidates;
  const body = Buffer.from(live.body ?? new Uint8Array());
  const scored = candidates.slice(0, LOOKED_AT).map((recording, order) => {
    const { url, body: recorded = new Uint8Array() } = recording.request;
    const longest = Math.max(body.length, recorded.length, 1);
    const likeness =
      commonBytes(body, Buffer.from(recorded.buffer, recorded.byteOffset, recorded.length)) / longest;
    return { recording, order, likeness: likeness + (url === live.url ? 1 : 0) };
  });
  return scored
    .sort((a, b) => b.likeness - a.likeness || a.order - b.order)
    .slice(0, COMPARED)
    .sort((a, b) => a.order - b.order)
    .map(({ recording }) => recording);
}

/** How many bytes two bodies begin and end with in common, found by halving, since comparing a run of bytes is quick. */
function commonBytes(a: Buffer, b: Buffer): number {
  const shorter = Math.min(a.length, b.length);
  const head = longest(shorter, (length) => a.compare(b, 0, length, 0, length) === 0);
  const tail = longest(
    shorter - head,
    (length) => a.compare(b, b.length - length, b.length, a.length - length, a.length) === 0,
  );
  return head + tail;
}

/** The largest length up to `most` that holds, given that all smaller ones then hold too. */
function longest(most: number, holds: (length: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
