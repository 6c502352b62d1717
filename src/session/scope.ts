import { AsyncLocalStorage } from "node:async_hooks";
import type { Run } from "../calls/run.ts";
import type { Later } from "../cassette/later.ts";
import type { Freeze } from "../freeze/freeze.ts";
import type { Answer, Exchange, RequestHead } from "../interception/exchange.ts";
import type { UnrecordedTraffic } from "../interception/unrecorded/unrecorded-traffic.ts";
import type { Outside } from "../options/options.ts";
import type { Processes } from "../processes/processes.ts";

/** The part of a session that routes requests to it. */
export interface OpenSession {
  readonly name: string;
  /** Whether requests may go to the live provider. */
  readonly recording: boolean;
  /** Its calls, steps and checkpoints. */
  readonly run: Run;
  readonly processes: Later<Processes>;
  /** `undefined` if nothing is frozen, and once the session closes. */
  readonly freeze: Freeze | undefined;
  readonly requests: {
    takes(head: RequestHead): boolean;
    handle(exchange: Exchange): Promise<Answer>;
  };
  readonly traffic: {
    /** Counts a request that the session does not take. Returns a function to call if its connection fails. */
    letThrough(head: RequestHead): ((error: unknown) => void) | undefined;
    /** Notes traffic that nothing records. */
    noteUnrecorded(traffic: UnrecordedTraffic): void;
  };
  noteProblem(code: string, message: string): void;
}

/** One attempt of one test, as an async context: the requests that are sent in it belong to it. */
export interface Scope {
  /** For messages: `streams › tells a joke`. */
  readonly label: string;
  /** Open sessions, the innermost last: that one gets the requests. */
  readonly sessions: OpenSession[];
  /** Set when the test has ended; its code may still run. */
  closed: boolean;
  /** Every session that it opened. Requests that they took must not reach the network after they close. */
  readonly had: OpenSession[];
  /** Errors for the end of the test that belong to no session. */
  readonly problems: Error[];
}

export interface ScopeState {
  readonly current: AsyncLocalStorage<Scope>;
  /** Every open session of this worker, in any test. */
  readonly open: Set<OpenSession>;
  outside: Outside;
  /** Warnings about traffic outside any cassette that were printed already. */
  readonly warned: Set<string>;
}

const KEY = Symbol.for("vitest-cassette/scopes/2");

/** One for each worker, even if this module is loaded more than once in it. */
export function scopeState(): ScopeState {
  const holder = globalThis as { [KEY]?: ScopeState };
  holder[KEY] ??= { current: new AsyncLocalStorage(), open: new Set(), outside: "bypass", warned: new Set() };
  return holder[KEY];
}

export function createScope(label: string): Scope {
  return { label, sessions: [], had: [], closed: false, problems: [] };
}

/** Returns the scope of the code that is running; `undefined` outside any test. */
export function currentScope(): Scope | undefined {
  return scopeState().current.getStore();
}

/** Returns the innermost open session of the running code; outside any test, the only open one. */
export function currentSession(): OpenSession | undefined {
  const scope = currentScope();
  if (scope !== undefined) return scope.sessions.at(-1);
  const [only, second] = scopeState().open;
  return second === undefined ? only : undefined;
}

/** Runs `body` so that every request that it sends, directly or not, belongs to `scope`. */
export function runInScope<T>(scope: Scope, body: () => T): T {
  return scopeState().current.run(scope, body);
}

/** Prints a warning that belongs to no test, once per worker and `key`. */
export function warnOnce(message: string, key = message): void {
  const { warned } = scopeState();
  if (warned.has(key)) return;
  warned.add(key);
  console.warn(`[vitest-cassette] ${message}`);
}
