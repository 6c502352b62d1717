import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import type { Found, RecordingIndex } from "../matching/recording-index.ts";
import { redactDeep } from "../matching/redact-deep.ts";
import { aboutRequest } from "./about-request.ts";
import type { MissFacts, NearestFacts, RecordingLine } from "./miss-facts.ts";
import { type Nearest, nearest } from "./nearest.ts";

/** Facts about a miss in addition to the live request and the tape. */
export interface MissContext
  extends Pick<
    MissFacts,
    "reason" | "cassette" | "mode" | "recordingOff" | "recordingRefused" | "recordCommand" | "foundIn"
  > {
  readonly played: (recording: Interaction) => number;
  /** The recording that should have been next, with `order: 'recorded'`. */
  readonly expectedNext?: Interaction | undefined;
  /** Removes secrets from a text. It gets whole texts, before they are cut. */
  readonly redact: (text: string) => string;
}

export interface DescribedMiss {
  readonly facts: MissFacts;
  /** The recording that warn mode plays instead; `undefined` if there is none of the same endpoint. */
  readonly substitute: Interaction | undefined;
}

/** Collects the facts about a miss. They contain nothing that `redact` removes. */
export function describeMiss(
  live: RecordedRequest,
  found: Found,
  index: RecordingIndex,
  context: MissContext,
): DescribedMiss {
  const { played, reason, cassette, mode, recordingOff, recordingRefused, expectedNext, foundIn } = context;
  const redact = onceForEach(context.redact);
  const closest = nearest(live, found, index, played);
  return {
    facts: {
      kind: "request",
      reason,
      request: { method: live.method, url: redact(live.url), about: aboutRequest(live, redact) },
      cassette,
      recordings: index.interactions.length,
      mode,
      recordingOff,
      recordingRefused,
      recordCommand: redact(context.recordCommand),
      nearest: closest === undefined ? undefined : nearestFacts(closest, index, { redact, played }),
      expectedNext: expectedNext === undefined ? undefined : line(expectedNext, index, redact),
      foundIn,
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
    otherSecret: closest.otherSecret,
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
  return { position: index.positionOf(recording), method, url: redact(url), about };
}

/** Redacts each text once: a prompt is in several facts, and may be a megabyte. */
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
