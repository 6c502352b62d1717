import { Ancestry } from "../calls/ancestry.ts";
import { policyOf } from "../calls/call-options.ts";
import { CassetteError } from "../cassette/errors.ts";
import { wallClock } from "../http/real-clock.ts";
import { decideAge, formatAge } from "../options/max-age.ts";
import type { PlaysOnly } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import { fileOfLabel } from "./test-label.ts";

/** What a session records. */
export interface RecordingPlan {
  /** Whether anything may go live and onto the tape. */
  readonly records: boolean;
  /** Whether everything does. */
  readonly recordsAll: boolean;
  /** The checkpoint behind which everything goes live; `undefined` if nothing does. */
  readonly liveAfter: string | undefined;
  /** The option with which the cassette never records. */
  readonly playsOnly: PlaysOnly | undefined;
  readonly warnings: readonly string[];
}

/**
 * Decides what a session records. May make its tape start over, or cut it behind the checkpoint of `liveAfter`.
 *
 * @throws CassetteError for a tape that cannot be read, is too old, or lacks the checkpoint
 */
export function planRecording(settings: SessionSettings): RecordingPlan {
  const { tape, options } = settings;
  const { fault, chunks } = options;
  const playsOnly = fault !== undefined ? "fault" : chunks === "recorded" ? undefined : "chunks";
  const warnings: string[] = [];
  const records = mayRecord(settings, playsOnly, warnings);
  const liveAfter = cutBehind(settings, records);
  return { records, recordsAll: records && tape.replaces, liveAfter, playsOnly, warnings };
}

function mayRecord(settings: SessionSettings, playsOnly: PlaysOnly | undefined, warnings: string[]): boolean {
  const { tape, environment, options, label } = settings;
  const { record, recordingRefused } = environment;
  const mayRecord = playsOnly === undefined && !recordingRefused;
  if (mayRecord && tape.replaces) return true;
  const decision = decideAge({
    recordedAt: tape.isRecorded ? undefined : tape.old?.recorded?.at,
    now: wallClock(),
    maxAge: options.maxAge,
    stale: options.stale,
    recordingRefused,
  });
  switch (decision.kind) {
    case "fresh":
      break;
    case "record":
      if (!mayRecord) break;
      tape.startOver();
      return true;
    case "warn":
    case "error": {
      tape.note.stale = true;
      const message = `Cassette ${tape.shownFile} is ${formatAge(decision.age)} old, and maxAge allows ${formatAge(decision.maxAge)}. Re-record it: ${settings.recordCommand(label === undefined ? [] : [fileOfLabel(label)])}`;
      if (decision.kind === "error") throw new CassetteError("CASSETTE_STALE", message);
      warnings.push(message);
    }
  }
  return mayRecord && (record !== "off" || options.mode === "hybrid");
}

/**
 * Cuts the tape behind the checkpoint of `liveAfter`, and returns its label if there is something to keep. In CI nothing
 * goes live.
 */
function cutBehind(
  { tape, options, environment, label, recordCommand }: SessionSettings,
  records: boolean,
): string | undefined {
  const { liveAfter } = options;
  if (liveAfter === undefined || environment.recordingRefused || tape.old === undefined) return undefined;
  const refuse = (why: string): never => {
    throw new CassetteError(
      "CASSETTE_LIVE_AFTER",
      `Failed to go live after the checkpoint "${liveAfter}": ${why}`,
    );
  };
  if (label !== undefined) refuse("several tests share the cassette. Use one of the test's own.");
  const { interactions } = tape.old;
  const checkpoint = interactions.find((entry) => entry.kind === "checkpoint" && entry.label === liveAfter);
  if (checkpoint !== undefined) {
    const calls = new Ancestry(interactions).callsAround(checkpoint);
    const played = calls.find(({ name }) => policyOf(options.calls, name) !== "live");
    if (played !== undefined)
      refuse(`it is inside the call "${played.name}", which is played and does not run. Move it out.`);
    tape.keepUntil(checkpoint);
    return liveAfter;
  }
  if (records) return undefined;
  return refuse(
    `${tape.shownFile} has none of that name. Record the cassette with it first: ${recordCommand([])}`,
  );
}
