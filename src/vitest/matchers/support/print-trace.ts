import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { Printer } from "./printer.ts";

/** Longer lists of events and longer texts are split over several lines. */
const LINE = 88;

/** Prints a trace for a snapshot. */
export function printTrace(trace: StreamTrace): readonly string[] {
  return describeTrace(new Printer().trace(trace));
}

function describeTrace(trace: StreamTrace): readonly string[] {
  const who = [trace.provider, trace.api, trace.model].filter((part) => part !== undefined);
  const { error, end, terminated } = trace;
  const problems = [end === "complete" ? [] : [end], terminated === false ? ["no end marker"] : []].flat();
  return [
    `${["StreamTrace", ...who].join(" ")} {`,
    ...events(trace),
    ...text("reasoning", trace.reasoning),
    ...text("text", trace.text),
    ...text("refusal", trace.refusal),
    ...trace.toolCalls.map(
      ({ name, input, arguments: given }) =>
        `  tool: ${name}(${input === undefined ? JSON.stringify(given) : JSON.stringify(input)})`,
    ),
    ...(trace.finishReason === undefined ? [] : [`  finish: ${trace.finishReason}`]),
    ...(error === undefined
      ? []
      : [`  error: ${[error.type, error.code, error.message].filter(Boolean).join(" · ")}`]),
    ...(problems.length === 0 ? [] : [`  end: ${problems.join(", ")}`]),
    "}",
  ];
}

function events({ events: all }: StreamTrace): readonly string[] {
  const runs: string[] = [];
  for (let from = 0; from < all.length; ) {
    const type = all[from]?.type ?? "";
    let to = from + 1;
    while (all[to]?.type === type) to++;
    runs.push(to - from === 1 ? type : `${type} × ${to - from}`);
    from = to;
  }
  if (runs.length === 0) return ["  events: none"];
  const line = `  events: ${runs.join(", ")}`;
  return line.length <= LINE ? [line] : ["  events:", ...runs.map((run) => `    ${run}`)];
}

function text(name: string, whole: string): readonly string[] {
  if (whole === "") return [];
  const line = `  ${name}: ${JSON.stringify(whole)}`;
  if (line.length <= LINE && !whole.includes("\n")) return [line];
  // A diff then shows which lines changed.
  return [`  ${name}:`, ...whole.split("\n").map((each) => `    | ${each}`.trimEnd())];
}
