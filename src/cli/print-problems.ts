import { count } from "../cassette/count.ts";
import { isOpen, type Problem } from "./problem.ts";
import type { Terminal } from "./terminal.ts";

/** Prints the problems, and what to do about them. */
export function printProblems(
  problems: readonly Problem[],
  tapes: number,
  isFixing: boolean,
  terminal: Terminal,
): void {
  for (const problem of problems) terminal.print(...linesOf(problem, terminal));
  const open = problems.filter(isOpen);
  const summaryText = summaryOf(problems);
  const summary = `${count(tapes, "cassette")} checked: ${summaryText === "" ? "no problems" : summaryText}.`;
  terminal.print(terminal.style(open.length === 0 ? "green" : "red", summary));
  if (problems.some((problem) => problem.kind === "secret" && problem.fixed)) {
    terminal.print(
      "Revoke the keys that were removed: the history of your repository may still contain them.",
    );
  }
  const left = open.filter(({ kind }) => kind !== "broken");
  if (left.length === 0) return;
  if (!isFixing && !left.every(isEncoded)) {
    terminal.print("To remove them: npx vitest-cassette check --fix");
  }
  if (isFixing || left.some(isEncoded)) {
    terminal.print(`Remove ${isFixing ? "the rest" : "encoded secrets"} by hand, or re-record the cassette.`);
  }
}

function isEncoded(problem: Problem): boolean {
  return problem.kind === "secret" && problem.encoding !== undefined;
}

function linesOf(problem: Problem, terminal: Terminal): readonly string[] {
  const line = (where: string, what: string): string =>
    `${terminal.style("bold", terminal.clean(where))}  ${terminal.clean(what)}`;
  const { file } = problem;
  switch (problem.kind) {
    case "broken": {
      const [first = "", ...rest] = terminal.clean(problem.message).split("\n");
      return [terminal.style("red", first), ...rest, ""];
    }
    case "old-version":
      return [line(file, `format version ${problem.version}; npx vitest-cassette upgrade rewrites it`)];
    case "failed-recording":
      return [line(file, problem.message)];
    case "left-over":
      return [
        line(file, `left behind by a process that died while writing${problem.fixed ? "; removed" : ""}`),
      ];
    case "unused-body":
      return [line(file, `no cassette refers to this body file${problem.fixed ? "; removed" : ""}`)];
    case "secret": {
      const place = problem.place === "" ? "" : ` in ${problem.place}`;
      const { encoding = [] } = problem;
      const within = encoding.length === 0 ? "" : ` (within ${encoding.join(", within ")})`;
      const done = problem.fixed ? "; removed" : "";
      return [line(`${file}:${problem.line}:${problem.column}`, `${problem.type}${place}${within}${done}`)];
    }
  }
}

function summaryOf(problems: readonly Problem[]): string {
  const of = (kind: Problem["kind"]): number => problems.filter((problem) => problem.kind === kind).length;
  const secrets = problems.filter((problem) => problem.kind === "secret");
  const removed = secrets.filter(({ fixed }) => fixed).length;
  const parts: readonly (readonly [amount: number, what: string])[] = [
    [of("broken"), `${of("broken")} broken`],
    [of("old-version"), `${of("old-version")} in an older format`],
    [of("failed-recording"), `${count(of("failed-recording"), "recording")} of failed tests`],
    [removed, `${count(removed, "secret")} removed`],
    [secrets.length - removed, count(secrets.length - removed, "secret")],
    [of("left-over"), count(of("left-over"), "leftover file")],
    [of("unused-body"), count(of("unused-body"), "unused body file")],
  ];
  return parts.flatMap(([amount, what]) => (amount === 0 ? [] : [what])).join(", ");
}
