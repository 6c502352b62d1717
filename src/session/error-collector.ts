import type { RecordedRequest } from "../cassette/model.ts";
import { explainSubstitution } from "../diagnosis/explain-miss.ts";
import type { FoundElsewhere } from "../diagnosis/find-in-other-tapes.ts";
import { CassetteMissError } from "../diagnosis/miss-error.ts";
import type { MissFacts, MissReason } from "../diagnosis/miss-facts.ts";
import { atSender } from "./call-site.ts";
import { currentScope, type Scope } from "./scope.ts";

interface UntoldMiss {
  readonly facts: MissFacts;
  readonly live: RecordedRequest;
  readonly scope: Scope | undefined;
  /** Of the line that sent the request, where that is known. */
  readonly stack: string | undefined;
}

/** For each request, where else it is recorded. */
export type FindElsewhere = (requests: readonly RecordedRequest[]) => readonly FoundElsewhere[];

/** What a session's tests have to be told at their end, each of them its own; everything is told once. */
export class Grievances {
  #misses: UntoldMiss[] = [];
  #errors: { readonly error: Error; readonly scope: Scope | undefined }[] = [];
  readonly #warned = new Set<string>();
  readonly #findElsewhere: FindElsewhere;

  constructor(findElsewhere: FindElsewhere) {
    this.#findElsewhere = findElsewhere;
  }

  /** A request of the running test had no recording. */
  missed(facts: MissFacts, live: RecordedRequest, stack: string | undefined): void {
    this.#misses.push({ facts, live, scope: currentScope(), stack });
  }

  note(error: Error): void {
    this.#errors.push({ error, scope: currentScope() });
  }

  /** Whether this is said for the first time. */
  isNews(text: string): boolean {
    if (this.#warned.has(text)) return false;
    this.#warned.add(text);
    return true;
  }

  /** What to say of a recording that was played in another's place; `undefined` where it was said before. */
  substituted(facts: MissFacts): string | undefined {
    const { text, keys } = explainSubstitution(facts, this.#warned);
    for (const key of keys) this.#warned.add(key);
    return text;
  }

  /** Takes what has to be told to the tests that `of` picks. */
  take(of: (scope: Scope | undefined) => boolean): Error[] {
    const misses = this.#misses.filter(({ scope }) => of(scope));
    const errors = this.#errors.filter(({ scope }) => of(scope));
    this.#misses = this.#misses.filter((each) => !misses.includes(each));
    this.#errors = this.#errors.filter((each) => !errors.includes(each));
    return [...missError(this.#located(misses)), ...errors.map(({ error }) => error)];
  }

  /** Says where else the requests are recorded: looked for now and not when the client waits for its answer. */
  #located(misses: readonly UntoldMiss[]): readonly UntoldMiss[] {
    const sought = misses.filter(({ facts }) => MAY_BE_ELSEWHERE.includes(facts.reason));
    if (sought.length === 0) return misses;
    const found = this.#findElsewhere(sought.map(({ live }) => live));
    return misses.map((miss) => {
      const { foundIn = [], acceptCommand } = found[sought.indexOf(miss)] ?? {};
      const isFound = foundIn.length > 0 || acceptCommand !== undefined;
      return isFound ? { ...miss, facts: { ...miss.facts, foundIn, acceptCommand } } : miss;
    });
  }
}

/** The others are recorded here. */
const MAY_BE_ELSEWHERE: readonly MissReason[] = ["no-tape", "not-recorded", "different"];

function missError(misses: readonly UntoldMiss[]): Error[] {
  const [first, ...others] = misses;
  if (first === undefined) return [];
  const error = new CassetteMissError([first.facts, ...others.map(({ facts }) => facts)]);
  return [atSender(error, first.stack)];
}

/** @throws the only one of them, or all in an AggregateError */
export function throwAll(errors: readonly Error[]): void {
  const [first] = errors;
  if (first === undefined) return;
  if (errors.length === 1) throw first;
  throw new AggregateError(errors, errors.map(({ message }) => message).join("\n\n"));
}
