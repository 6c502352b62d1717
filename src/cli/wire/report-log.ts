import { resolve } from "node:path";
import { count } from "../../cassette/count.ts";
import { CassetteError } from "../../cassette/errors.ts";
import type { CommandContext } from "../command.ts";
import { tableLines } from "../table.ts";
import { readTextFile } from "../text-file.ts";
import { type LoggedStream, logStreams, SIDES } from "./log-streams.ts";
import { type PieceProblem, pieceProblems, sideName } from "./piece-problems.ts";

/** Reports what is wrong with the streams of a log, and on which side of the wire it arose. */
export function reportLog({ terminal }: CommandContext, name: string, minGap: number): 0 | 1 {
  const streams = logStreams(
    readTextFile(
      resolve(terminal.surroundings.directory, name),
      "Name the file that DEBUG=vitest-cassette was written to, or a URL.",
    ),
  );
  if (streams.length === 0) {
    throw new CassetteError(
      "CASSETTE_WIRE",
      `Failed to find a stream in ${name}: it has no CHUNK, EMIT or SOCKET_WRITE line. Run the tests with DEBUG=vitest-cassette and keep their output, or set the option debug: '${name}'.`,
    );
  }
  let found = false;
  for (const [session, own] of Map.groupBy(streams, (stream) => stream.session)) {
    const problems = own.map((stream) => ({ stream, problems: pieceProblems(stream, minGap) }));
    terminal.print(terminal.style("bold", terminal.clean(session)));
    const rows = own.map((stream) => rowOf(stream));
    const { columns } = terminal.surroundings;
    terminal.print(...tableLines(rows, { columns, shrinks: [], drops: [] }).map((line) => `  ${line}`));
    for (const { stream, problems: each } of problems) {
      for (const problem of each) {
        found = true;
        const origin = originOf(problem, stream, problems);
        terminal.print(
          `  ${terminal.style("yellow", problem.kind)}: ${nameOf(stream)} ${problem.what}. ${origin}`,
        );
      }
    }
    terminal.print("");
  }
  terminal.print(found ? "Problems were found." : "No gap, no duplicate, no restart.");
  return found ? 1 : 0;
}

type Judged = readonly { readonly stream: LoggedStream; readonly problems: readonly PieceProblem[] }[];

/** Says where a problem arose: on the first side that has it. */
function originOf(problem: PieceProblem, { side }: LoggedStream, all: Judged): string {
  if (problem.kind === "lost") return "The log is not complete, or the events were dropped.";
  const before = SIDES.slice(0, SIDES.indexOf(side)).filter((each) =>
    all.some(({ stream }) => stream.side === each),
  );
  const sharing = before.filter((each) =>
    all.some(
      ({ stream, problems }) => stream.side === each && problems.some((other) => isSame(other, problem)),
    ),
  );
  const [earliest] = sharing;
  const last = before.at(-1);
  if (earliest !== undefined) return `It comes from ${sideName(earliest)}, which does the same.`;
  if (last !== undefined)
    return `It begins between ${sideName(last)}, which does not do it, and ${sideName(side)}.`;
  return side === "chunk"
    ? "The provider sent it like this."
    : `It begins before ${sideName(side)}: the log has nothing of an earlier side.`;
}

/** A pause is the same one if it is at the same time; a repetition on one side is cut differently on another. */
function isSame(one: PieceProblem, other: PieceProblem): boolean {
  if (other.kind === "gap") return one.kind === "gap" && one.from < other.to && one.to > other.from;
  return one.kind === "duplicate" || one.kind === "restart";
}

function nameOf({ side, id }: LoggedStream): string {
  return side === "chunk" ? `response ${id}` : `${side.toUpperCase()} ${id}`;
}

function rowOf(stream: LoggedStream): readonly string[] {
  const { pieces, side, isDone } = stream;
  const bytes = pieces.reduce((sum, each) => sum + each.bytes, 0);
  const duration = (pieces.at(-1)?.time ?? 0) - (pieces[0]?.time ?? 0);
  return [
    nameOf(stream),
    count(pieces.length, side === "chunk" ? "chunk" : "piece"),
    `${bytes} bytes`,
    `${Math.round(duration)} ms`,
    isDone ? "ended" : "not ended",
  ];
}
