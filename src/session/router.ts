import { enterParent, innermostParent, runInside } from "../calls/parent-scope.ts";
import { CassetteError } from "../cassette/errors.ts";
import { atCallSite } from "../diagnosis/call-site.ts";
import type { ExchangeHandler, RequestHead, Router } from "../interception/exchange.ts";
import type { UnrecordedTraffic } from "../interception/unrecorded/unrecorded-traffic.ts";
import { refusal } from "./refusal.ts";
import { headOf, isTelemetry, leavesMachine, withoutQuery } from "./request-filter.ts";
import { routeProcess } from "./route-process.ts";
import { currentScope, currentSession, type OpenSession, type Scope, scopeState, warnOnce } from "./scope.ts";
import { aboutTraffic, describeUnrecorded } from "./unrecorded.ts";

/** Routes each request to the session of the test that sent it. */
export const sessionRouter: Router = {
  active() {
    const { open, outside } = scopeState();
    return open.size > 0 || outside !== "bypass" || (currentScope()?.had.length ?? 0) > 0;
  },

  route(head) {
    const scope = currentScope();
    if (scope === undefined) return withoutScope(head);
    const session = scope.sessions.findLast((candidate) => candidate.requests.takes(head));
    if (session !== undefined) return (exchange) => session.requests.handle(exchange);
    if (scope.sessions.length > 0) return undefined;
    if (scope.had.some((session) => session.requests.takes(head))) return tooLate(head, scope);
    return outsideAny(head);
  },

  offline(url) {
    const head = headOf(url, "CONNECT");
    const sessions = currentScope()?.sessions.toReversed() ?? [...scopeState().open];
    const session = sessions.find((candidate) => candidate.requests.takes(head));
    return session !== undefined && !session.recording;
  },

  refuseLate(head) {
    const scope = currentScope();
    if (scope === undefined || !scope.had.some((session) => session.requests.takes(head))) return undefined;
    return reportLate(head, scope, undefined);
  },

  leftAlone(head) {
    return currentSession()?.traffic.letThrough(head);
  },

  process: routeProcess,

  unrecorded(traffic) {
    const session = currentSession();
    if (session !== undefined) session.traffic.noteUnrecorded(traffic);
    else if (leavesMachine(traffic.url)) unrecordedOutside(traffic, currentScope());
  },

  sender() {
    const scope = currentScope();
    const { current } = scopeState();
    const parent = innermostParent();
    return {
      isKnown: scope !== undefined,
      enter: () => {
        current.enterWith(scope as Scope);
        enterParent(parent);
      },
      run: (body) => current.run(scope as Scope, () => runInside(parent, body)),
    };
  },
};

function unrecordedOutside(traffic: UnrecordedTraffic, scope: Scope | undefined): void {
  const { open, outside } = scopeState();
  // It can belong to any of the tests that are running.
  if (scope === undefined && open.size > 0) {
    warnOnce(describeUnrecorded(traffic), traffic.url);
    return;
  }
  if (outside === "bypass") return;
  const message = `Failed to keep ${aboutTraffic(traffic).name} from the network: it was opened outside any open cassette. Replace it in the test, or set \`outside: 'bypass'\` in the plugin.`;
  if (outside === "warn" || traffic.way === "process" || scope === undefined || scope.closed)
    warnOnce(message);
  else scope.problems.push(atCallSite(new CassetteError("CASSETTE_OUTSIDE", message), traffic.site.stack));
}

/** Routes a request from no test's context, such as an in-process server's: only one session may be open for it. */
function withoutScope(head: RequestHead): ExchangeHandler | undefined {
  const { open } = scopeState();
  const candidates = [...open].filter((session) => session.requests.takes(head));
  const [only, second] = candidates;
  if (only === undefined) return open.size > 0 ? undefined : outsideAny(head);
  if (second === undefined) return (exchange) => only.requests.handle(exchange);
  return async () => {
    const message = ambiguous(head, candidates);
    for (const session of candidates) session.noteProblem("CASSETTE_AMBIGUOUS", message);
    return refusal(head, "cassette_ambiguous", message);
  };
}

function ambiguous(head: RequestHead, candidates: readonly OpenSession[]): string {
  return [
    `Failed to tell which test sent ${head.method} ${withoutQuery(head.url)}: it came from no test's async context, and ${candidates.length} cassettes are open.`,
    ...candidates.map((session) => `  ${session.name}`),
    "Work that was started outside the tests (a timer or a queue in beforeAll, say) sends like this. Start it inside the test, or run these tests one after the other.",
  ].join("\n");
}

function tooLate(head: RequestHead, scope: Scope): ExchangeHandler {
  return async (exchange) => refusal(head, "cassette_closed", reportLate(head, scope, exchange.stack));
}

/** Tells the test, or the reader of the output if the test has ended, and returns the message. */
function reportLate(head: RequestHead, scope: Scope, stack: string | undefined): string {
  const sent = `Failed to answer ${head.method} ${withoutQuery(head.url)}: `;
  if (!scope.closed) {
    const message = `${sent}the cassette of "${scope.label}" was ejected before it was sent. Eject it after the last request, or open another.`;
    scope.problems.push(atCallSite(new CassetteError("CASSETTE_CLOSED", message), stack));
    return message;
  }
  const message = `${sent}the test that sent it ("${scope.label}") has ended and its cassette is closed. Await all work before the test ends.`;
  warnOnce(message);
  return message;
}

function outsideAny(head: RequestHead): ExchangeHandler | undefined {
  const { outside } = scopeState();
  if (outside === "bypass" || !leavesMachine(head.url) || isTelemetry(head)) return undefined;
  const message = `${head.method} ${withoutQuery(head.url)} was sent outside any open cassette.`;
  const next = "Call useCassette() in the test that sends it, or set `outside: 'bypass'` in the plugin.";
  if (outside === "warn") {
    warnOnce(`${message} ${next}`);
    return undefined;
  }
  const scope = currentScope();
  return async (exchange) => {
    const refused = `Refused: ${message} ${next}`;
    // Outside any test, only the output can report it.
    if (scope === undefined || scope.closed) warnOnce(refused);
    else scope.problems.push(atCallSite(new CassetteError("CASSETTE_OUTSIDE", refused), exchange.stack));
    return refusal(head, "cassette_outside", refused);
  };
}
