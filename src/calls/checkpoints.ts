import { CassetteError } from "../cassette/errors.ts";
import type { RecordedCheckpoint } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import { stableText } from "../matching/stable-text.ts";
import { CassetteDriftError } from "./call-errors.ts";
import type { EntryKind } from "./entry-kind.ts";
import { EntryQueue } from "./entry-queue.ts";
import { reportMissed } from "./missed.ts";
import { toTapeValue } from "./tape-value.ts";
import type { Timeline } from "./timeline.ts";
import { UnwritableValueError } from "./unwritable-value-error.ts";

/** Records the checkpoints of one session, and compares them with the tape. */
export class Checkpoints implements EntryKind<RecordedCheckpoint> {
  readonly #timeline: Timeline;
  readonly #liveAfter: string | undefined;
  #queue: EntryQueue<RecordedCheckpoint> | undefined;

  constructor(timeline: Timeline, liveAfter: string | undefined) {
    this.#timeline = timeline;
    this.#liveAfter = liveAfter;
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
    const live = this.#checkpoint(label, value, metadata);
    this.#timeline.events.checkpoint(live);
    this.#meet(live);
  }

  isJudged(): boolean {
    return true;
  }

  wasAsked(checkpoint: RecordedCheckpoint): boolean {
    return this.#checkpoints.wasAsked(checkpoint);
  }

  stop(): void {}

  async settle(): Promise<void> {}

  get #checkpoints(): EntryQueue<RecordedCheckpoint> {
    this.#queue ??= new EntryQueue(
      this.#timeline,
      this.#timeline.entries.filter((entry) => entry.kind === "checkpoint"),
      (checkpoint) => checkpoint.label,
    );
    return this.#queue;
  }

  #meet(live: RecordedCheckpoint): void {
    const { label } = live;
    const { state, recording } = this.#checkpoints.find(label);
    const decision = this.#timeline.meet(state, false);
    switch (decision.kind) {
      case "record":
        this.#record(live);
        return;
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
    const message = `The value of the checkpoint "${live.label}" differs from the one in ${host.shownFile}. If that is intended, record it: ${this.#timeline.recordCommand}`;
    if (host.mode === "warn") {
      host.warn(message);
      return;
    }
    throw new CassetteDriftError("CASSETTE_CHECKPOINT", message, {
      actual: live.value,
      expected: recorded.value,
    });
  }

  #checkpoint(label: string, value: unknown, metadata: unknown): RecordedCheckpoint {
    try {
      const written = toTapeValue(value, "value");
      const more = toTapeValue(metadata, "metadata");
      return this.#timeline.host.redactor.redactEntry({
        kind: "checkpoint",
        at: 0,
        label,
        ...(written === undefined ? {} : { value: written }),
        ...(more === undefined ? {} : { metadata: more }),
      });
    } catch (error) {
      throw error instanceof UnwritableValueError ? error.of(label) : error;
    }
  }

  #record(live: RecordedCheckpoint): void {
    const { parent } = this.#timeline;
    const at = this.#timeline.start(now(), {
      isDone: true,
      entry: () => {
        const { kind, label, value, metadata } = live;
        const place = { at, ...(parent === undefined ? {} : { parent }) };
        return {
          kind,
          ...place,
          label,
          ...(value === undefined ? {} : { value }),
          ...(metadata === undefined ? {} : { metadata }),
        };
      },
    });
  }
}
