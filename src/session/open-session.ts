import { Ancestry } from "../calls/ancestry.ts";
import { CassetteError } from "../cassette/errors.ts";
import { Freeze, holdFreeze } from "../freeze/freeze.ts";
import { frozenOf } from "../freeze/freeze-seed.ts";
import { wallClock } from "../http/real-clock.ts";
import { holdInterception, installInterception } from "../interception/install.ts";
import { RecordingIndex } from "../matching/recording-index.ts";
import { decideAge, formatAge } from "../options/max-age.ts";
import { RecordingQueue } from "../replay/recording-queue.ts";
import { currentFreeze } from "./current-freeze.ts";
import { sessionRouter } from "./router.ts";
import { scopeState } from "./scope.ts";
import { Session } from "./session.ts";
import { type PlaysOnly, SessionMessages } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import { fileOfLabel } from "./test-label.ts";

/**
 * Opens a session on a tape that is open, and keeps the tape open until the session closes.
 *
 * @throws CassetteError for a tape that cannot be read or is too old
 */
export function openSession(settings: SessionSettings): Session {
  const { tape, rules, label, contributor, options } = settings;
  tape.forget(contributor);
  const playsOnly = playsOnlyWith(options);
  const warnings: string[] = [];
  const records = mayRecord(settings, playsOnly, warnings);
  const liveAfter = liveAfterOf(settings, records);
  const recordsAll = records && tape.replaces;
  const entries = recordsAll ? NOTHING : playsOnly ? tape.playOnlyInteractions : tape.interactions;
  const index = RecordingIndex.over(entries, rules);
  const ancestry = new Ancestry(entries);
  const queue = new RecordingQueue(
    index,
    label === undefined ? undefined : ({ test }) => test === undefined || test === label,
    ancestry.isNeeded ? (recording) => ancestry.isExpected(recording) : undefined,
  );
  const messages = new SessionMessages(settings, index, playsOnly);
  const freeze = freezeOf(settings, records);
  if (options.freeze !== undefined && freeze === undefined && tape.exists)
    warnings.push(messages.neverFrozen());
  installInterception(sessionRouter);
  const session = new Session(settings, {
    entries,
    queue,
    ancestry,
    liveAfter,
    messages,
    records,
    recordsAll,
    freeze,
    thaw: freeze && holdFreeze(currentFreeze),
    releaseTraffic: holdInterception(),
  });
  for (const warning of warnings) session.warn(warning);
  tape.use(recordsAll);
  scopeState().open.add(session);
  return session;
}

const NOTHING = Object.freeze([]);

/**
 * Cuts the tape behind the checkpoint of `liveAfter`, and returns its label if there is something to keep. In CI nothing
 * goes live.
 */
function liveAfterOf(
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
  if (tape.keepUntil((entry) => entry.kind === "checkpoint" && entry.label === liveAfter)) return liveAfter;
  if (records) return undefined;
  return refuse(
    `${tape.shownFile} has none of that name. Record the cassette with it first: ${recordCommand([])}`,
  );
}

/** A cassette with a fault, or with other chunks than the recorded ones, only plays. */
function playsOnlyWith({ fault, chunks }: SessionSettings["options"]): PlaysOnly | undefined {
  if (fault !== undefined) return "fault";
  return chunks === "recorded" ? undefined : "chunks";
}

function mayRecord(settings: SessionSettings, playsOnly: PlaysOnly | undefined, warnings: string[]): boolean {
  const { tape, environment, options, label } = settings;
  const { record, recordingRefused } = environment;
  const mayRecord = playsOnly === undefined && !recordingRefused;
  if (mayRecord && tape.replaces) return true;
  const decision = decideAge({
    recordedAt: tape.recorded.length > 0 ? undefined : tape.old?.recorded?.at,
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
      const message = `Cassette ${tape.shownFile} is ${formatAge(decision.age)} old, and maxAge allows ${formatAge(decision.maxAge)}. Re-record it: ${settings.recordCommand(label === undefined ? [] : [fileOfLabel(label)])}`;
      if (decision.kind === "error") throw new CassetteError("CASSETTE_STALE", message);
      warnings.push(message);
    }
  }
  return mayRecord && (record !== "off" || options.mode === "hybrid");
}

function freezeOf({ tape, options }: SessionSettings, records: boolean): Freeze | undefined {
  if (options.freeze === undefined) return undefined;
  const { old } = records && tape.replaces ? { old: undefined } : tape;
  const ofRun = (records && old === undefined) || tape.recorded.length > 0;
  const frozen = ofRun ? tape.frozenForRecording() : old && frozenOf(old);
  return frozen && new Freeze(options.freeze, Date.parse(frozen.time), frozen.seed);
}
