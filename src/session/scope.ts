import { AsyncLocalStorage } from "node:async_hooks";
import type { Answer, Exchange, RequestHead } from "../interception/exchange.ts";
import type { Outside, ResolvedOptions } from "../options/options.ts";

/** What the code of a test sees of the clock and of chance, in place of the real ones. */
export interface Freeze {
  readonly parts: NonNullable<ResolvedOptions["freeze"]>;
  /** Milliseconds since the epoch at which the clock stands. */
  readonly time: number;
  readonly seed: number;
}

/** What of a session is needed to give it requests. */
export interface OpenSession {
  /** Whose recording of which tape it is. */
  readonly settings: { readonly file: string; readonly owner: string };
  readonly name: string;
  /** Whether requests may go to the live provider. */
  readonly recording: boolean;
  /** `undefined` once the session closes, too. */
  readonly freeze: Freeze | undefined;
  takes(head: RequestHead): boolean;
  handle(exchange: Exchange): Promise<Answer>;
  noteProblem(code: string, message: string): void;
}

/** One attempt of one test, as an async context: what is sent in it belongs to it. */
export interface Scope {
  /** For messages: `streams › tells a joke`. */
  readonly label: string;
  /** Open sessions, the innermost last: that one is asked. */
  readonly sessions: OpenSession[];
  /** Set where the test has ended while its code may still run. */
  closed: boolean;
  /** Every session that it has had: what they took may not reach the network when they are closed. */
  readonly had: OpenSession[];
  /** What it has to be told at its end that no session knows of. */
  readonly problems: Error[];
}

export interface ScopeState {
  readonly current: AsyncLocalStorage<Scope>;
  /** Every open session of this worker, in whatever test. */
  readonly open: Set<OpenSession>;
  outside: Outside;
  /** What was already said about traffic outside, so that it is said once. */
  readonly told: Set<string>;
}

const KEY = Symbol.for("vitest-cassette/scopes/1");

/** One for each worker, as `interceptionState()` is and for the same reason. */
export function scopeState(): ScopeState {
  const holder = globalThis as { [KEY]?: ScopeState };
  holder[KEY] ??= { current: new AsyncLocalStorage(), open: new Set(), outside: "bypass", told: new Set() };
  return holder[KEY];
}

export function createScope(label: string): Scope {
  return { label, sessions: [], had: [], closed: false, problems: [] };
}

/** The scope of the code that is running; `undefined` outside any test. */
export function currentScope(): Scope | undefined {
  return scopeState().current.getStore();
}

/** Runs `body` so that all it sends, and all that this causes to be sent, belongs to `scope`. */
export function runInScope<T>(scope: Scope, body: () => T): T {
  return scopeState().current.run(scope, body);
}
