import { undecoded } from "../../../compare/streams/known.ts";
import type { Cassette } from "../../../session/cassette.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { checkOptions } from "./check-arguments.ts";
import { closestMatch } from "./closest-match.ts";
import type { MatcherContext, MatcherResult } from "./matcher-context.ts";
import { Printer } from "./printer.ts";
import { showEvents } from "./show-events.ts";
import { isCassette, type NamedStream, notA, resolveStreams, type StreamMatcherOptions } from "./subject.ts";

/** What a matcher expects, as it reads after "expected ". */
export interface Claim {
  readonly is: string;
  /** With `.not`. */
  readonly isNot: string;
}

/** What a matcher found. */
export interface Finding {
  /** `undefined` if the data is missing: the matcher then fails, with `.not` as well. */
  readonly holds: boolean | undefined;
  /** As it reads after "but "; if the data is missing, why. */
  readonly found: string;
  /** Indexes of the events in question. The message shows them with their neighbors. */
  readonly focus?: readonly number[] | undefined;
  /** Prints what to show below the message, instead of the events. */
  readonly show?: (() => string) | undefined;
  /** For Vitest's diff. */
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** A finding for missing data. */
export function unknown(why: string): Finding {
  return { holds: undefined, found: why };
}

/** What a matcher expects of each stream. */
export interface StreamCheck extends Claim {
  readonly options?: StreamMatcherOptions | undefined;
  readonly check: (trace: StreamTrace) => Finding;
}

/** What a matcher expects of a cassette. */
export interface CassetteCheck extends Claim {
  readonly check: (cassette: Cassette) => Finding;
}

/** A matcher that was called. */
export interface Called {
  /** `toHaveEnded` */
  readonly matcher: string;
  readonly context: MatcherContext;
}

/** Makes a matcher of streams. `read` reads its arguments, and returns what to check. */
export function streamMatcher<Args extends readonly unknown[]>(
  matcher: string,
  read: (called: Called, ...args: Args) => StreamCheck,
) {
  return function (this: MatcherContext, received: unknown, ...args: Args): MatcherResult {
    const called = { matcher, context: this };
    return assertStreams(called, received, read(called, ...args));
  };
}

/** Makes a matcher of a whole cassette. */
export function cassetteMatcher<Args extends readonly unknown[]>(
  matcher: string,
  read: (called: Called, ...args: Args) => CassetteCheck,
) {
  return function (this: MatcherContext, received: unknown, ...args: Args): MatcherResult {
    const called = { matcher, context: this };
    return assertCassette(called, received, read(called, ...args));
  };
}

/** Checks the streams that `expect` was given. */
export function assertStreams(
  { matcher, context }: Called,
  received: unknown,
  { options, check, ...claim }: StreamCheck,
): MatcherResult {
  checkOptions(matcher, options, ["all"]);
  const isNot = isNegated(context);
  const resolved = resolveStreams(received, options?.all === true);
  if ("why" in resolved) return answer(context, claim, unknown(resolved.why));

  const wrong = resolved.streams
    .map((stream): Checked => ({ stream, finding: check(stream.trace) }))
    .filter(({ finding }) => (finding.holds ?? isNot) === isNot);
  const [first] = wrong;
  // Nothing is wrong, so nobody prints the message.
  if (first === undefined) return { pass: !isNot, message: () => claim.is };
  return answer(context, claim, first.finding, (printer) =>
    wrong.map((each) => printable(each, printer, check)),
  );
}

/** Checks a whole cassette. */
export function assertCassette(
  { context }: Called,
  received: unknown,
  { check, ...claim }: CassetteCheck,
): MatcherResult {
  const finding = isCassette(received) ? check(received) : unknown(notA("a Cassette", received));
  return answer(context, claim, finding);
}

/** A check of what a decoder read in a stream. */
export function ifDecoded(check: (trace: StreamTrace) => Finding): (trace: StreamTrace) => Finding {
  return (trace) => {
    const why = undecoded(trace);
    return why === undefined ? check(trace) : unknown(why);
  };
}

interface Checked {
  readonly stream?: NamedStream;
  readonly finding: Finding;
}

/** Checks a stream again without its secrets, to print what was found. */
function printable(
  { stream, finding }: Checked,
  printer: Printer,
  check: (trace: StreamTrace) => Finding,
): Checked {
  if (stream === undefined) return { finding };
  const trace = printer.trace(stream.trace);
  if (trace === stream.trace) return { stream, finding };
  const again = check(trace);
  // The expected value may be the secret itself.
  const isSame = again.holds === finding.holds;
  return { stream: { ...stream, trace }, finding: isSame ? again : { ...finding, show: undefined } };
}

/** @param streams returns the streams that failed, ready to be printed */
function answer(
  context: MatcherContext,
  claim: Claim,
  finding: Finding,
  streams: (printer: Printer) => readonly Checked[] = () => [{ finding }],
): MatcherResult {
  const isNot = isNegated(context);
  const { holds, actual, expected } = finding;
  const hasDiff = holds === false && !isNot && "actual" in finding;
  return {
    // Missing data is a failure either way.
    pass: holds ?? isNot,
    ...(hasDiff ? diffOf(context, actual, expected) : {}),
    message: () => {
      const printer = new Printer();
      const failed = streams(printer);
      const sentence = `expected ${isNot ? claim.isNot : claim.is}, but ${failed.map(inWords).join("\nand ")}`;
      const shown = failed[0] && evidence(failed[0]);
      return printer.text(shown ? `${sentence}\n\n${shown}` : sentence);
    },
  };
}

function diffOf(context: MatcherContext, actual: unknown, expected: unknown): object {
  const closest = closestMatch(context, actual, expected);
  return new Printer().value({ actual: closest.actual, expected: closest.expected });
}

/** Vitest omits the flag without `.not`, though its types say otherwise. */
function isNegated(context: MatcherContext): boolean {
  return context.isNot === true;
}

function inWords({ stream, finding: { holds, found } }: Checked): string {
  const place = stream?.name === undefined ? "" : `in ${stream.name} `;
  return holds === undefined ? `${place}this cannot be checked: ${found}` : `${place}${found}`;
}

function evidence({ stream, finding: { focus, show } }: Checked): string | undefined {
  if (stream === undefined) return show?.();
  const { name, trace } = stream;
  const heading = name === undefined ? trace.summary : `${name}: ${trace.summary}`;
  return `${heading}\n${show?.() ?? showEvents(trace, focus)}`;
}
