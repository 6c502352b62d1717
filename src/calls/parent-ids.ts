import { idOf, type RecordedCall, type RecordedStep } from "../cassette/model.ts";
import { innermostParent, type ParentScope } from "./parent-scope.ts";

/** A call or step that runs: what happens in it names it as its parent. */
export interface RunningParent {
  readonly scope: ParentScope;
  /** Returns the id to write with it; `undefined` if its name will do. */
  readonly id: () => string | undefined;
}

/** Gives the calls and steps of one timeline ids that are on it only once. */
export class ParentIds {
  readonly #owner: object;
  readonly #ids: Set<string>;
  /** The next number to try, by name. */
  readonly #numbers = new Map<string, number>();

  /** @param taken the ids that are on the tape */
  constructor(owner: object, taken: Iterable<string>) {
    this.#owner = owner;
    this.#ids = new Set(taken);
  }

  /**
   * Makes a parent of a call or step that runs.
   *
   * @param recorded its recording, if it is on the tape: what is added happens in that one
   * @param eventId its id in events
   */
  running(name: string, recorded?: RecordedCall | RecordedStep, eventId?: string | undefined): RunningParent {
    const own = recorded === undefined ? this.#newId(name) : (idOf(recorded) as string);
    let isNamed = false;
    const refer = (): string => {
      isNamed = true;
      return own;
    };
    return {
      scope: { owner: this.#owner, name, refer, outer: innermostParent(), eventId },
      id: () => (isNamed && own !== name ? own : undefined),
    };
  }

  #newId(name: string): string {
    let number = this.#numbers.get(name) ?? 1;
    let id = number === 1 ? name : `${name} ${number}`;
    while (this.#ids.has(id)) id = `${name} ${++number}`;
    this.#numbers.set(name, number + 1);
    this.#ids.add(id);
    return id;
  }
}
