import { CassetteError } from "../cassette/errors.ts";
import type { EntryPlace, RecordedCheckpoint } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import { stableText } from "../matching/stable-text.ts";
import { CassetteDriftError } from "./call-errors.ts";
import type { EntryKind } from "./entry-kind.ts";
import { EntryQueue } from "./entry-queue.ts";
import { reportMissed } from "./missed.ts";
import { toTapeValue } from "./tape-value.ts";
import type { Timeline } from "./timeline.ts";

/** Records the checkpoints of one session, and compares them with the tape. */
export class Checkpoints implements EntryKind<RecordedCheckpoint> {
  readonly #timeline: Timeline;
  readonly #liveAfter: string | undefined;
  readonly #recorded: EntryQueue<RecordedCheckpoint>;

  constructor(timeline: Timeline, liveAfter: string | undefined) {
    this.#timeline = timeline;
    this.#liveAfter = liveAfter;
    const checkpoints = timeline.entries.filter((entry) => entry.kind === "checkpoint");
    this.#recorded = new EntryQueue(timeline, checkpoints, ({ label }) => label);
  }

  /** @throws CassetteDriftError in strict mode, if the value differs from the recorded one */
  reach(label: string, value: unknown, metadata: unknown): void {
    if (this.#timeline.isClosed) {
      throw new CassetteError(
        "CASSETTE_CLOSED",
        `Failed to reach the checkpoint "${label}": its cassette is closed.`,
      );
    }
    this.#timeline.happened.push({ kind: "checkpoint", name: label });
    const raw: RecordedCheckpoint = {
      kind: "checkpoint",
      at: 0,
      label,
      value: toTapeValue(value, "value", label),
      metadata: toTapeValue(metadata, "metadata", label),
    };
    const live = this.#timeline.host.redactor.redactEntry(raw);
    this.#timeline.events.checkpoint(live);
    this.#meet(live, raw);
  }

  wasAsked(checkpoint: RecordedCheckpoint): boolean {
    return this.#recorded.wasAsked(checkpoint);
  }

  #meet(live: RecordedCheckpoint, raw: RecordedCheckpoint): void {
    const { label } = live;
    const { state, recording } = this.#recorded.find(label);
    const decision = this.#timeline.meet(state, false);
    switch (decision.kind) {
      case "record": {
        const entry = (place: EntryPlace): RecordedCheckpoint => ({ ...raw, ...place });
        this.#timeline.record(now(), this.#timeline.parent, { isDone: true, entry });
        return;
      }
      case "play":
        this.#timeline.play(recording as RecordedCheckpoint);
        this.#compare(live, recording as RecordedCheckpoint);
        if (label === this.#liveAfter) this.#timeline.goLive(recording as RecordedCheckpoint);
        return;
      case "repeat":
      case "substitute":
        return;
      case "miss":
        reportMissed(this.#timeline, "checkpoint", label, decision.reason);
    }
  }

  #compare(live: RecordedCheckpoint, recorded: RecordedCheckpoint): void {
    const { host } = this.#timeline;
    // Only secrets may differ: another machine has another key.
    const compared = ({ value }: RecordedCheckpoint): string => {
      const text = stableText(value);
      return text.includes("<redacted") ? host.redactor.redactJsonForMatching(text) : text;
    };
    if (compared(live) === compared(recorded)) return;
    if (host.updates) {
      this.#timeline.revise(recorded, live);
      return;
    }
    const message = `The value of the checkpoint "${live.label}" differs from the one in ${host.tape.shownFile}. If that is intended, record it: ${this.#timeline.recordCommand}`;
    if (host.options.mode === "warn") {
      host.errors.warn(message);
      return;
    }
    throw new CassetteDriftError("CASSETTE_CHECKPOINT", message, {
      actual: live.value,
      expected: recorded.value,
    });
  }
}
