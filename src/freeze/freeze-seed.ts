import type { Frozen } from "../cassette/model.ts";
import { now, wallClock } from "../http/real-clock.ts";
import type { SessionSettings } from "../session/session-settings.ts";
import type { OpenedTape } from "../session/tape-store.ts";

export interface FrozenChoice {
  readonly settings: SessionSettings;
  readonly opened: OpenedTape;
  /** Whether a tape is begun, and not one played or added to. */
  readonly begins: boolean;
  /** ISO 8601 instant. */
  readonly startedAt: string;
}

/** At what a session's test is frozen: at what the tape says, or the recording that begins; `undefined` for neither. */
export function chooseFrozen({ settings, opened, begins, startedAt }: FrozenChoice): Frozen | undefined {
  const { label, shelf } = settings;
  if (begins) {
    const fresh = { time: startedAt, seed: Math.floor(wallClock() * 1000 + now() * 1000) % 4294967296 };
    return label === undefined ? fresh : shelf.frozenAt(settings, fresh);
  }
  const { tape } = opened;
  // Recorded without `freeze`: the time of the recording is the best guess there is.
  return tape?.frozen ?? (tape?.recorded && { time: tape.recorded.at, seed: 0 });
}

/** What to say where `freeze` can do nothing. */
export function neverFrozen({ shownFile }: SessionSettings): string {
  return (
    `Nothing was frozen: ${shownFile} does not say at what time it was recorded. Record it anew, or add a line such as ` +
    'frozen: { time: "2026-11-20T07:00:00.000Z", seed: 1 }'
  );
}
