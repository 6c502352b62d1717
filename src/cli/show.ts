import { count } from "../cassette/count.ts";
import { interactionsOf, type Tape } from "../cassette/model.ts";
import { formatAge } from "../options/max-age.ts";
import { summarizeTape } from "../session/manifest.ts";
import { accountOf, type Fact } from "./account.ts";
import type { CommandContext } from "./command.ts";
import { aboutFailedRecording } from "./failed-recording.ts";
import { tapesOf } from "./tapes.ts";
import type { Terminal } from "./terminal.ts";

const MAX_LINES = 12;
const MAX_WIDTH = 160;
const LABEL = 9;

/** Prints what is on one cassette. */
export async function show(context: CommandContext): Promise<0 | 1> {
  const { terminal } = context;
  const { flag, names } = context.invocation;
  const [name = ""] = names;
  const tapes = await tapesOf(context);
  const read = tapes.read(tapes.called(name));
  if (read.kind === "broken") {
    terminal.complain(read);
    return 1;
  }
  if (flag("json")) {
    const { interactions, recorded } = read.tape;
    terminal.printJson({ id: read.file, started: recorded?.at, ...summarizeTape(interactions) });
    return 0;
  }
  terminal.print(terminal.style("bold", terminal.clean(headline(read.file, read.tape))));
  const about = aboutFailedRecording(read.file);
  if (about !== undefined) terminal.print(terminal.clean(about));
  read.tape.interactions.forEach((entry, index) => {
    const full = flag("full");
    const { title, facts } = accountOf(entry, index, full);
    const lines = facts.flatMap((fact) => factLines(fact, terminal, full));
    terminal.print("", terminal.style("bold", terminal.clean(title)), ...lines);
  });
  return 0;
}

function headline(file: string, { version, recorded, interactions }: Tape): string {
  const age = recorded && formatAge(Math.max(1, Date.now() - Date.parse(recorded.at)));
  const when = recorded ? `recorded ${recorded.at} (${age} ago) with ${recorded.with}` : "written by hand";
  const others = interactions.length - interactionsOf({ interactions }).length;
  const requests = count(interactions.length - others, "interaction");
  const parts = [
    file,
    `format ${version}`,
    when,
    requests,
    ...(others === 0 ? [] : [`${others} of other kinds`]),
  ];
  return parts.join(" · ");
}

function factLines([name, value = ""]: Fact, terminal: Terminal, full: boolean): readonly string[] {
  if (value === "") return [];
  const all = terminal.clean(value).trimEnd().split("\n");
  const width = Math.min(MAX_WIDTH, (terminal.surroundings.columns ?? MAX_WIDTH) - LABEL - 4);
  const shown = full ? all : all.slice(0, MAX_LINES).map((line) => shortened(line, width));
  const rest = all.length - shown.length;
  const lines = rest === 0 ? shown : [...shown, `... ${count(rest, "more line")} (--full prints all)`];
  return lines.map((line, index) => {
    const label = (index === 0 ? name : "").padEnd(LABEL);
    return `  ${terminal.style("dim", label)}  ${line}`.trimEnd();
  });
}

function shortened(line: string, width: number): string {
  if (line.length <= width) return line;
  return `${line.slice(0, width)}... ${line.length - width} more characters (--full prints all)`;
}
