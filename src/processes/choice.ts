import type { RecordedProcess } from "../cassette/model.ts";
import type { Dialogue } from "./dialogue.ts";

type Input = (dialogue: Dialogue) => void;

export interface ChoiceTools {
  /** Returns the recordings that are left, in order. */
  readonly candidates: () => readonly RecordedProcess[];
  /** @param isTrial whether its differences are of no consequence */
  readonly dialogue: (recording: RecordedProcess, isTrial: boolean) => Dialogue;
  readonly onChosen: (recording: RecordedProcess) => void;
}

/**
 * Chooses which recording a process plays. Of several that started alike, the input says it: the first recording that was
 * given the same.
 */
export class Choice {
  dialogue: Dialogue | undefined;
  readonly #tools: ChoiceTools;
  readonly #inputs: Input[] = [];

  constructor(tools: ChoiceTools) {
    this.#tools = tools;
    this.#choose();
  }

  feed(input: Input): void {
    if (this.dialogue !== undefined) {
      input(this.dialogue);
      return;
    }
    this.#inputs.push(input);
    this.#choose();
  }

  /** Chooses the first of those that are left, if the input has not said which. */
  chooseNow(): Dialogue {
    if (this.dialogue === undefined) this.#chosen(this.#tools.candidates()[0] as RecordedProcess);
    return this.dialogue as unknown as Dialogue;
  }

  #choose(): void {
    const candidates = this.#tools.candidates();
    const [first, second] = candidates;
    if (first === undefined) return;
    const needsInput = second !== undefined && first.io[0]?.kind === "stdin";
    const chosen = needsInput ? this.#byInput(candidates) : first;
    if (chosen !== undefined) this.#chosen(chosen);
  }

  #chosen(recording: RecordedProcess): void {
    this.#tools.onChosen(recording);
    this.dialogue = this.#tools.dialogue(recording, false);
    for (const input of this.#inputs) input(this.dialogue);
  }

  /** `undefined` before there is enough input. */
  #byInput(candidates: readonly RecordedProcess[]): RecordedProcess | undefined {
    let mayFit = this.#inputs.length === 0;
    for (const recording of candidates) {
      const trial = this.#tools.dialogue(recording, true);
      for (const input of this.#inputs) input(trial);
      if (trial.difference !== undefined) continue;
      if (trial.progress > 0) return recording;
      mayFit = true;
    }
    return mayFit ? undefined : candidates[0];
  }
}
