import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import type { Found, RecordingIndex } from "../matching/recording-index.ts";
import { redactDeep } from "../matching/redact-deep.ts";
import { aboutRequest } from "./about-request.ts";
import type { Difference } from "./differences.ts";
import type { MissReason } from "./miss-reason.ts";
import { type Nearest, nearest } from "./nearest.ts";
import { type PrettyPair, prettyPair } from "./pretty-pair.ts";

export interface RequestLine {
  readonly method: string;
  readonly url: string;
  /** What it is about, where its body says so: `gpt-5-mini, "Tell me a joke."`. */
  readonly about?: string | undefined;
}

/** A recording, as a message names it. */
export interface RecordingLine extends RequestLine {
  /** Place on the tape, from 1. */
  readonly position: number;
}

/** The recording that differs least from a request that has none. */
export interface NearestFacts extends RecordingLine {
  readonly sameEndpoint: boolean;
  readonly differences: readonly Difference[];
  /** How often it was played. */
  readonly played: number;
  /** How many recordings of the same request the tape holds, this one among them. */
  readonly timesRecorded: number;
}

/** All that is known of a request that had no recording to play. */
export interface MissFacts {
  readonly reason: MissReason;
  readonly request: RequestLine;
  /** The cassette file, as messages show it. */
  readonly cassette: string;
  /** How many recordings the tape holds. */
  readonly recordings: number;
  readonly mode: string;
  /** Why the request is not recorded: `RECORD is not set`. */
  readonly recordingOff: string;
  /** Whether recording is refused where this runs (in CI). */
  readonly recordingRefused?: boolean | undefined;
  /** The shell command that records the cassette anew. */
  readonly recordCommand: string;
  /** `undefined` where the tape holds nothing. */
  readonly nearest: NearestFacts | undefined;
  /** The recording whose turn it is, with `order: 'recorded'`. */
  readonly expectedNext?: RecordingLine | undefined;
  /** Other cassettes that hold a recording of the request, as messages show them. */
  readonly foundIn?: readonly string[] | undefined;
  /** Puts what was recorded when the test failed in place of the tape, where that has the request. */
  readonly acceptCommand?: string | undefined;
  /** Both requests as texts for a diff; `undefined` without a nearest recording, or where it does not differ. */
  readonly diff: PrettyPair | undefined;
}

/** Whether it was the user's own `match.by` that found two requests different which are equal by themselves. */
export function saidByMatcher({ reason, nearest }: Pick<MissFacts, "reason" | "nearest">): boolean {
  return reason === "different" && nearest?.differences.length === 0;
}

/** What a session knows of a miss besides the live request and the tape. */
export interface MissContext {
  readonly reason: MissReason;
  readonly cassette: string;
  readonly mode: string;
  readonly recordingOff: string;
  readonly recordingRefused?: boolean | undefined;
  readonly recordCommand: string;
  readonly played: (recording: Interaction) => number;
  /** The recording whose turn it is, with `order: 'recorded'`. */
  readonly expectedNext?: Interaction | undefined;
  readonly foundIn?: readonly string[] | undefined;
  /** Removes what must not be printed from a text; given whole texts, before they are cut. */
  readonly redact: (text: string) => string;
}

export interface Miss {
  readonly facts: MissFacts;
  /** The recording that warn mode plays in the request's place; `undefined` where there is none of its endpoint. */
  readonly substitute: Interaction | undefined;
}

/** Brings together what there is to say of a miss. Nothing that `redact` removes is in it. */
export function describeMiss(
  live: RecordedRequest,
  found: Found,
  index: RecordingIndex,
  context: MissContext,
): Miss {
  const { played, reason, cassette, mode, recordingOff, recordCommand, expectedNext, foundIn } = context;
  const redact = onceForEach(context.redact);
  const closest = nearest(live, found, index, played);
  return {
    facts: {
      reason,
      request: { method: live.method, url: redact(live.url), about: aboutRequest(live, redact) },
      cassette,
      recordings: index.interactions.length,
      mode,
      recordingOff,
      recordingRefused: context.recordingRefused,
      recordCommand: redact(recordCommand),
      nearest: closest === undefined ? undefined : nearestFacts(closest, index, { redact, played }),
      expectedNext: expectedNext === undefined ? undefined : line(expectedNext, index, redact),
      foundIn,
      diff: closest === undefined ? undefined : diff(closest, found, index, redact),
    },
    substitute: closest?.sameEndpoint === true ? closest.recording : undefined,
  };
}

function nearestFacts(
  closest: Nearest,
  index: RecordingIndex,
  { redact, played }: Pick<MissContext, "redact" | "played">,
): NearestFacts {
  return {
    ...line(closest.recording, index, redact),
    sameEndpoint: closest.sameEndpoint,
    differences: closest.differences.map((each) => redactDeep(each, redact)),
    played: played(closest.recording),
    timesRecorded: index.equals(closest.recording).length,
  };
}

function line(
  recording: Interaction,
  index: RecordingIndex,
  redact: (text: string) => string,
): RecordingLine {
  const { method, url } = recording.request;
  const about = aboutRequest(recording.request, redact);
  return { position: index.interactions.indexOf(recording) + 1, method, url: redact(url), about };
}

function diff(
  { recording, differences }: Nearest,
  found: Found,
  index: RecordingIndex,
  redact: (text: string) => string,
): PrettyPair | undefined {
  if (differences.length === 0) return undefined;
  const { bodyText: _, ...live } = found.canonical;
  const { bodyText: __, ...recorded } = index.canonical(recording);
  const pair = prettyPair(redactDeep(live, redact), redactDeep(recorded, redact));
  return { live: redact(pair.live), recorded: redact(pair.recorded) };
}

/** Looks at each text once: a prompt that differs is in the differences and in the diff, and may be a megabyte. */
function onceForEach(redact: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let redacted = known.get(text);
    if (redacted === undefined) {
      redacted = redact(text);
      known.set(text, redacted);
    }
    return redacted;
  };
}
