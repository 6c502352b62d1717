import { count } from "../cassette/count.ts";
import { isOpen, type Problem } from "./problem.ts";
import type { Terminal } from "./terminal.ts";

/** Prints what was found, a problem a line and more where there is more to say, and what to do about it. */
export function printProblems(problems: readonly Problem[], tapes: number, terminal: Terminal): void {
  for (const problem of problems) terminal.print(...linesOf(problem, terminal));
  const open = problems.filter(isOpen);
  const told = summaryOf(problems);
  const summary = `${count(tapes, "tape")} checked: ${told === "" ? "nothing to report" : told}.`;
  terminal.print(terminal.style(open.length === 0 ? "green" : "red", summary));
  if (open.some(({ kind }) => kind === "secret" || kind === "left-over")) {
    const tried = problems.some((problem) => "fixed" in problem && problem.fixed);
    terminal.print(
      tried ? "What is left has to be removed by hand." : "To remove it: npx vitest-cassette check --fix",
    );
  }
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
      return [line(file, `format version ${problem.version}; RECORD=1 records it in today's`)];
    case "failed-recording":
      return [line(file, problem.message)];
    case "left-over":
      return [
        line(file, `left over from a process that died while it wrote${problem.fixed ? "; removed" : ""}`),
      ];
    case "secret": {
      const place = problem.place === "" ? "" : ` in ${problem.place}`;
      const done = problem.fixed ? "; removed" : "";
      return [line(`${file}:${problem.line}:${problem.column}`, `${problem.type}${place}${done}`)];
    }
  }
}

function summaryOf(problems: readonly Problem[]): string {
  const of = (kind: Problem["kind"]): number => problems.filter((problem) => problem.kind === kind).length;
  const parts = [
    [of("broken"), "broken"],
    [of("old-version"), "of an older format"],
  ] as const;
  return [
    ...parts.flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`])),
    ...(of("failed-recording") === 0 ? [] : [`${count(of("failed-recording"), "failed test")} recorded`]),
    ...(of("secret") === 0 ? [] : [count(of("secret"), "secret")]),
    ...(of("left-over") === 0 ? [] : [count(of("left-over"), "left-over file")]),
  ].join(", ");
}
