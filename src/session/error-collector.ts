import type { RecordedRequest } from "../cassette/model.ts";
import { atCallSite } from "../diagnosis/call-site.ts";
import { explainSubstitution } from "../diagnosis/explain-miss.ts";
import { findInOtherTapes } from "../diagnosis/find-in-other-tapes.ts";
import { CassetteMissError } from "../diagnosis/miss-error.ts";
import type { MissFacts, MissReason } from "../diagnosis/miss-facts.ts";
import type { SessionSettings } from "./session-settings.ts";

interface Miss {
  readonly facts: MissFacts;
  readonly live: RecordedRequest;
  /** Stack of the line that sent the request, if known. */
  readonly stack: string | undefined;
}

/** Collects the errors for the end of a test, and prints warnings. Reports each once. */
export class ErrorCollector {
  readonly #misses: Miss[] = [];
  readonly #errors: Error[] = [];
  readonly #warned = new Set<string>();
  /** Called with each warning. */
  onWarning: ((message: string) => void) | undefined;
  readonly #settings: Pick<SessionSettings, "otherTapes" | "rules" | "redactor">;

  constructor(settings: Pick<SessionSettings, "otherTapes" | "rules" | "redactor">) {
    this.#settings = settings;
  }

  get isEmpty(): boolean {
    return this.#misses.length === 0 && this.#errors.length === 0;
  }

  /** Adds a request that had no recording. */
  addMiss(facts: MissFacts, live: RecordedRequest, stack: string | undefined): void {
    this.#misses.push({ facts, live, stack });
  }

  add(error: Error): void {
    this.#errors.push(error);
  }

  warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.onWarning?.(message);
    console.warn(`[vitest-cassette] ${this.#settings.redactor.redactText(message)}`);
  }

  /** Returns a warning about a recording that was played instead of another; `undefined` if it was printed before. */
  substituted(facts: MissFacts): string | undefined {
    const { text, keys } = explainSubstitution(facts, this.#warned);
    for (const key of keys) this.#warned.add(key);
    return text;
  }

  /**
   * Removes and returns all errors. Looks for missed requests in other tapes now, when no client waits for it.
   *
   * @param command records what was missed
   */
  take(command: () => string): Error[] {
    if (this.isEmpty) return [];
    const recordCommand = this.#settings.redactor.redactText(command());
    const misses = this.#misses
      .splice(0)
      .map((miss) => ({ ...miss, facts: { ...miss.facts, recordCommand } }));
    const errors = this.#errors.splice(0);
    return [...missError(this.#located(misses)), ...errors];
  }

  #located(misses: readonly Miss[]): readonly Miss[] {
    const sought = misses.filter(({ facts }) => MAY_BE_ELSEWHERE.includes(facts.reason));
    if (sought.length === 0) return misses;
    const { otherTapes, rules } = this.#settings;
    const found = findInOtherTapes(
      sought.map(({ live }) => live),
      otherTapes,
      rules,
    );
    return misses.map((miss) => {
      const { foundIn = [], acceptCommand } = found[sought.indexOf(miss)] ?? {};
      const isFound = foundIn.length > 0 || acceptCommand !== undefined;
      return isFound ? { ...miss, facts: { ...miss.facts, foundIn, acceptCommand } } : miss;
    });
  }
}

/** With any other reason, the request is recorded on this tape. */
const MAY_BE_ELSEWHERE: readonly MissReason[] = ["no-tape", "not-recorded", "different"];

function missError(misses: readonly Miss[]): Error[] {
  const [first, ...others] = misses;
  if (first === undefined) return [];
  const error = new CassetteMissError([first.facts, ...others.map(({ facts }) => facts)]);
  return [atCallSite(error, first.stack)];
}
