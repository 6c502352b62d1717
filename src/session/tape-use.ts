import type { Run } from "../calls/run.ts";
import type { TapeEntry } from "../cassette/model.ts";
import { savedMessage } from "./saved-message.ts";
import type { SessionSettings } from "./session-settings.ts";

/** What one session does with its tape: hands over what it has recorded, and lets go. */
export class TapeUse {
  readonly #settings: SessionSettings;
  readonly #run: Run;
  readonly #records: boolean;

  /** @param records whether what goes live is put onto the tape: behind the checkpoint of `liveAfter`, it may not be */
  constructor(settings: SessionSettings, run: Run, records: boolean) {
    this.#settings = settings;
    this.#run = run;
    this.#records = records;
  }

  /** Whether recordings that nothing asks for are dropped (`RECORD=update`). */
  get drops(): boolean {
    return this.#records && this.#run.timeline.host.updates;
  }

  /** What is unplayed and has to be played by this test: on a tape of several tests, what carries its label. */
  get unplayed(): readonly TapeEntry[] {
    const { label } = this.#settings;
    const { unplayed } = this.#run;
    return label === undefined ? unplayed : unplayed.filter(({ test }) => test === label);
  }

  /** Hands over what was recorded, and under `RECORD=update` what the run means for old recordings. */
  handOver(failed: boolean): void {
    const { tape, contributor, label, redactor, rules } = this.#settings;
    const { timeline } = this.#run;
    const recorded = this.#records ? timeline.finished() : [];
    const additions = recorded.map(({ entry, after }) => ({
      after,
      entry: label === undefined ? entry : { ...entry, test: label },
    }));
    const changes = this.drops && !failed;
    const update = {
      unplayed: changes ? this.#run.withContent(this.unplayed) : [],
      revised: changes ? timeline.revised : new Map(),
      played: (entry: TapeEntry) => timeline.played(entry) > 0,
    };
    const { updates } = timeline.host;
    tape.append(contributor, { additions, failed, redactor, rules, update: updates ? update : undefined });
  }

  /** Drops recordings that belong to no test. */
  drop(entries: readonly TapeEntry[]): void {
    const { tape, redactor, rules } = this.#settings;
    const update = { unplayed: this.#run.withContent(entries), revised: new Map(), played: () => false };
    tape.append("no test", { additions: [], update, failed: false, redactor, rules });
  }

  /**
   * Lets go of the tape, which may save it.
   *
   * @returns what to print: where the recordings went, if that is not the obvious place
   */
  async release(): Promise<string | undefined> {
    const saved = await this.#settings.tape.release();
    return saved && savedMessage(saved, this.#settings);
  }
}
