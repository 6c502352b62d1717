import type { TapeEntry } from "../cassette/model.ts";
import type { Difference } from "./differences.ts";

/**
 * Why a request has no recording to play:
 * - `no-tape`: there is no cassette file
 * - `not-recorded`: the cassette has nothing for this method, origin and path
 * - `different`: it has requests of this method, origin and path, but none that is equal
 * - `used-up`: every recording of this request has already been played
 * - `out-of-order`: there is a recording, but it was sent out of order (`order: 'recorded'`)
 */
export type MissReason = "no-tape" | "not-recorded" | "different" | "used-up" | "out-of-order";

export interface RequestLine {
  readonly method: string;
  readonly url: string;
  /** The question of the request, if its body has one: `gpt-5-mini, "Tell me a joke."`. */
  readonly about?: string | undefined;
}

/** A recording, as a message names it. */
export interface RecordingLine extends RequestLine {
  /** Position in the cassette, from 1. */
  readonly position: number;
}

/** The recording that differs least from a request without one. */
export interface NearestFacts extends RecordingLine {
  /** Whether it has the same method, origin and path. */
  readonly sameEndpoint: boolean;
  readonly differences: readonly Difference[];
  /** Whether only secrets differ: the request has another secret than earlier requests made it expect. */
  readonly otherSecret: boolean;
  /** How many times it was played. */
  readonly played: number;
  /** How many recordings of the same request the cassette has, including this one. */
  readonly timesRecorded: number;
}

/** All facts about a request that had no recording to play. */
export interface MissFacts {
  readonly kind: "request";
  readonly reason: MissReason;
  readonly request: RequestLine;
  /** The cassette file, as messages show it. */
  readonly cassette: string;
  /** How many recordings the cassette has. */
  readonly recordings: number;
  readonly mode: string;
  /** Why the request is not recorded: `RECORD is not set`. */
  readonly recordingOff: string;
  /** Whether recording is refused here (in CI). */
  readonly recordingRefused?: boolean | undefined;
  /** The shell command that records the request: with `RECORD=update` if other recordings still match. */
  readonly recordCommand: string;
  /** `undefined` if the cassette is empty. */
  readonly nearest: NearestFacts | undefined;
  /** The recording that should have been next, with `order: 'recorded'`. */
  readonly expectedNext?: RecordingLine | undefined;
  /** Other cassettes that have a recording of the request, as messages show them. */
  readonly foundIn?: readonly string[] | undefined;
  /** The shell command that accepts the recording of the last failed run, if that has the request. */
  readonly acceptCommand?: string | undefined;
}

/** A call, step, checkpoint, MCP message or child process that had no recording to play. */
export interface EntryMiss {
  readonly kind: Exclude<TapeEntry["kind"], "request">;
  readonly reason: MissReason;
  /** The cassette file, as messages show it. */
  readonly cassette: string;
  /** The entry and the reason, on one line. */
  readonly summary: string;
}

/** A request or entry without a recording. */
export type Miss = MissFacts | EntryMiss;

/** Whether `match.by` rejected recordings that are equal to the request. */
export function rejectedByMatcher({ reason, nearest }: Pick<MissFacts, "reason" | "nearest">): boolean {
  return reason === "different" && nearest?.differences.length === 0;
}

/** `POST https://api.openai.com/v1/responses` */
export function requestLine({ method, url }: RequestLine): string {
  return `${method} ${url}`;
}

/** `POST https://api.openai.com/v1/responses · gpt-5-mini, "Tell me a joke."` */
export function requestLineAndAbout(line: RequestLine): string {
  return line.about === undefined ? requestLine(line) : `${requestLine(line)} · ${line.about}`;
}
