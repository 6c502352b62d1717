import { Buffer } from "node:buffer";
import { bisect } from "../cassette/bisect.ts";
import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import type { Found, RecordingIndex } from "../matching/recording-index.ts";
import { type Difference, differences } from "./differences.ts";

/** The recording that differs least from a live request. */
export interface Nearest {
  readonly recording: Interaction;
  /** Whether it has the same method, origin and path. */
  readonly sameEndpoint: boolean;
  /** Empty if the recording is equal, but was already played or is out of order. */
  readonly differences: readonly Difference[];
  /** Whether only secrets differ. */
  readonly otherSecret: boolean;
}

/** How many recordings are compared in full: of more, those whose bytes have the most in common. */
const MAX_COMPARED = 32;
/** How many bytes of bodies are compared in full: a request may contain images. */
const MAX_COMPARED_BYTES = 8 * 1024 * 1024;
/** How many recordings are considered at all. */
const MAX_CONSIDERED = 10_000;

/**
 * Finds the recording that differs least from a live request: preferably one of the same method, origin and path,
 * then the one with the smallest differences, then one that was not played, then the first on the tape. Returns
 * `undefined` for an empty tape. The cost is bounded, however long the tape is.
 *
 * @param played - returns how many times a recording was played
 */
export function nearest(
  live: RecordedRequest,
  found: Found,
  index: RecordingIndex,
  played: (recording: Interaction) => number,
): Nearest | undefined {
  if (found.otherSecret !== undefined) {
    const { recording, paths } = found.otherSecret;
    return { recording, sameEndpoint: true, differences: paths.map(secretDifference), otherSecret: true };
  }
  if (found.recordings.length > 0) {
    const recording = found.recordings.find((each) => played(each) === 0) ?? found.recordings.at(-1);
    if (recording !== undefined)
      return { recording, sameEndpoint: true, differences: [], otherSecret: false };
  }
  const sameEndpoint = found.sameEndpoint.length > 0;
  const candidates = sameEndpoint ? found.sameEndpoint : index.interactions;
  const unplayedFirst = [
    ...candidates.filter((each) => played(each) === 0),
    ...candidates.filter((each) => played(each) > 0),
  ];

  let least: { readonly nearest: Nearest; readonly weight: number } | undefined;
  let bytes = 0;
  const normalized = found.normalized();
  for (const recording of mostInCommon(live, unplayedFirst)) {
    if (least !== undefined && bytes > MAX_COMPARED_BYTES) break;
    bytes += recording.request.body?.length ?? 0;
    const differing = differences(normalized, index.normalized(recording));
    const weight = differing.reduce((sum, each) => sum + each.weight, 0);
    if (least === undefined || weight < least.weight) {
      least = { nearest: { recording, sameEndpoint, differences: differing, otherSecret: false }, weight };
    }
  }
  return least?.nearest;
}

/** The cassette does not have the secrets: all there is to say is that they are two. */
function secretDifference(path: string): Difference {
  return { path, kind: "changed", live: "another secret", recorded: "a secret", weight: 1 };
}

/** Returns at most `MAX_COMPARED` candidates, in their order: those whose bytes have the most in common with the request. */
function mostInCommon(live: RecordedRequest, candidates: readonly Interaction[]): readonly Interaction[] {
  if (candidates.length <= MAX_COMPARED) return candidates;
  const body = Buffer.from(live.body ?? new Uint8Array());
  const scored = candidates.slice(0, MAX_CONSIDERED).map((recording, order) => {
    const { url, body: recorded = new Uint8Array() } = recording.request;
    const longest = Math.max(body.length, recorded.length, 1);
    const likeness =
      commonBytes(body, Buffer.from(recorded.buffer, recorded.byteOffset, recorded.length)) / longest;
    return { recording, order, likeness: likeness + (url === live.url ? 1 : 0) };
  });
  return scored
    .sort((a, b) => b.likeness - a.likeness || a.order - b.order)
    .slice(0, MAX_COMPARED)
    .sort((a, b) => a.order - b.order)
    .map(({ recording }) => recording);
}

/** Counts the equal bytes at both ends of two bodies. Bisects, since comparing a run of bytes is fast. */
function commonBytes(a: Buffer, b: Buffer): number {
  const shorter = Math.min(a.length, b.length);
  const head = bisect(shorter, (before) => a.compare(b, 0, before + 1, 0, before + 1) !== 0);
  const tail = bisect(
    shorter - head,
    (after) => a.compare(b, b.length - after - 1, b.length, a.length - after - 1, a.length) !== 0,
  );
  return head + tail;
}
