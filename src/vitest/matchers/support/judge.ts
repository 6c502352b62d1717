import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { checkOptions } from "./arguments.ts";
import type { MatcherContext, MatcherResult } from "./context.ts";
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
  const [first, ...others] = wrong;
  // Nothing is wrong, so what is told is never printed.
  if (first === undefined) return { pass: !isNot, message: () => claim.is };
  return answer(context, claim, first.finding, first.stream, others);
}

interface Judged {
  readonly stream: NamedStream;
  readonly finding: Finding;
}

/** Vitest's answer to a finding, whatever it was made on. */
export function answer(
  context: MatcherContext,
  claim: Claim,
  finding: Finding,
  stream?: NamedStream,
  others: readonly Judged[] = [],
): MatcherResult {
  const { holds, show, actual, expected } = finding;
  const isNot = isNegated(context);
  // What cannot be told is a failure either way.
  const pass = holds ?? isNot;
  const diff = holds === false && !isNot && "actual" in finding ? { actual, expected } : {};
  return {
    pass,
    ...diff,
    message: () => {
      const wanted = isNot ? claim.isNot : claim.is;
      const sentences = [`expected ${wanted}, but ${tell(finding, stream)}`];
      for (const other of others) sentences.push(`and ${tell(other.finding, other.stream)}`);
      const heading = stream === undefined ? [] : [headingOf(stream)];
      const shown = [...heading, ...(show === undefined ? [] : [show()])].join("\n");
      return [sentences.join("\n"), ...(shown === "" ? [] : [shown])].join("\n\n");
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
