import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { checkOptions } from "./arguments.ts";
import type { MatcherContext, MatcherResult } from "./context.ts";
import { Printer } from "./printer.ts";
import { showEvents } from "./show-events.ts";
import { type NamedStream, resolveStreams, type StreamMatcherOptions } from "./subject.ts";

/** What a matcher asks for, as it reads after "expected ". */
export interface Claim {
  readonly is: string;
  /** With `.not`. */
  readonly isNot: string;
}

/** What a matcher found. */
export interface Finding {
  /** `undefined` where it cannot be told: the matcher then fails, with `.not` as well. */
  readonly holds: boolean | undefined;
  /** As it reads after "but "; where it cannot be told, why. */
  readonly found: string;
  /** The place in question. Only asked for when it is to be printed. */
  readonly show?: (() => string) | undefined;
  /** For a diff, where one helps. */
  readonly actual?: unknown;
  readonly expected?: unknown;
}

export function unknown(why: string): Finding {
  return { holds: undefined, found: why };
}

/** Judges the streams that were given to `expect`. */
export function judgeStreams(
  context: MatcherContext,
  matcher: string,
  received: unknown,
  options: StreamMatcherOptions | undefined,
  claim: Claim,
  judge: (trace: StreamTrace) => Finding,
): MatcherResult {
  checkOptions(matcher, options, ["all"]);
  const isNot = isNegated(context);
  const resolved = resolveStreams(received, options?.all === true);
  if ("why" in resolved) return answer(context, claim, unknown(resolved.why));

  const judged = resolved.streams.map((stream): Judged => ({ stream, finding: judge(stream.trace) }));
  const wrong = judged.filter(({ finding }) => (finding.holds ?? isNot) === isNot);
  const [first] = wrong;
  // Nothing is wrong, so what is told is never printed.
  if (first === undefined) return { pass: !isNot, message: () => claim.is };
  return answer(context, claim, first.finding, (printer) =>
    wrong.map((each) => printable(each, printer, judge)),
  );
}

interface Judged {
  readonly stream: NamedStream;
  readonly finding: Finding;
}

/** What is told of a stream, without the secrets in it. */
function printable(judged: Judged, printer: Printer, judge: (trace: StreamTrace) => Finding): Judged {
  const trace = printer.trace(judged.stream.trace);
  if (trace === judged.stream.trace) return judged;
  const finding = judge(trace);
  // What was asked for may be the secret itself.
  const isSame = finding.holds === judged.finding.holds;
  const told = isSame ? finding : { ...judged.finding, show: () => showEvents(trace) };
  return { stream: { ...judged.stream, trace }, finding: told };
}

/**
 * Vitest's answer to a finding, whatever it was made on.
 *
 * @param streams those that it was made on, in a form that may be printed
 */
export function answer(
  context: MatcherContext,
  claim: Claim,
  finding: Finding,
  streams?: (printer: Printer) => readonly Judged[],
): MatcherResult {
  const isNot = isNegated(context);
  const { holds, actual, expected } = finding;
  // What cannot be told is a failure either way.
  const pass = holds ?? isNot;
  const hasDiff = holds === false && !isNot && "actual" in finding;
  return {
    pass,
    ...(hasDiff ? new Printer().value({ actual, expected }) : {}),
    message: () => {
      const printer = new Printer();
      const told = streams?.(printer) ?? [{ stream: undefined, finding }];
      const wanted = isNot ? claim.isNot : claim.is;
      const findings = told.map(({ stream, finding }) => tell(finding, stream));
      const [first] = told;
      const shown = [
        first?.stream === undefined ? [] : headingOf(first.stream),
        first?.finding.show?.() ?? [],
      ];
      const blocks = [`expected ${wanted}, but ${findings.join("\nand ")}`, shown.flat().join("\n")];
      return printer.text(blocks.filter((block) => block !== "").join("\n\n"));
    },
  };
}

function headingOf({ name, trace }: NamedStream): string {
  return name === undefined ? trace.summary : `${name}: ${trace.summary}`;
}

/** Vitest leaves the flag away where there is no `.not`, whatever its types say. */
function isNegated(context: MatcherContext): boolean {
  return context.isNot === true;
}

function tell({ holds, found }: Finding, stream: NamedStream | undefined): string {
  const where = stream?.name === undefined ? "" : `in ${stream.name} `;
  return holds === undefined ? `${where}that cannot be told: ${found}` : `${where}${found}`;
}
