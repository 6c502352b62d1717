import { count } from "../cassette/count.ts";
import { renewTape } from "../format/index.ts";
import { describeEntry } from "../session/describe-entry.ts";
import { FileStore } from "../storage/file-store.ts";
import type { CommandContext } from "./command.ts";
import { limitLines, textLines } from "./diff/text-lines.ts";
import { redactorFor } from "./redactor-for.ts";
import { type Tapes, tapesOf } from "./tapes.ts";
import type { Terminal } from "./terminal.ts";

const WIDTH = 100;

interface Upgrade {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** Writes cassettes as this version of the package would, without a change of what is replayed. */
export async function upgrade(context: CommandContext): Promise<0 | 1> {
  const { terminal, invocation } = context;
  const check = invocation.flag("check");
  const tapes = await tapesOf(context);
  const { names } = invocation;
  const found = names.length === 0 ? tapes.find().tapes : names.map((name) => tapes.called(name));
  const upgrades: Upgrade[] = [];
  let broken = false;
  for (const [index, tape] of found.entries()) {
    terminal.progress("Reading cassettes", index, found.length);
    const read = tapes.read(tape);
    if (read.kind === "broken") {
      terminal.complain(read);
      broken = true;
      continue;
    }
    const after = renewed(read, tape.path, tapes, terminal);
    if (after === read.text) continue;
    if (!check) await writerFor(tape.folder, tapes).write(tape.path, after);
    upgrades.push({ file: read.file, before: read.text, after });
  }
  terminal.clearProgress();
  if (invocation.flag("json")) {
    const changed = upgrades.map(({ file }) => file);
    terminal.printJson({ cassettes: found.length, changed, written: !check });
  } else printUpgrades(upgrades, found.length, invocation.flag("full"), check, terminal);
  return broken || (check && upgrades.length > 0) ? 1 : 0;
}

function renewed(
  { tape }: Extract<ReturnType<Tapes["read"]>, { kind: "tape" }>,
  path: string,
  { projects }: Tapes,
  { surroundings }: Terminal,
): string {
  const redactor = redactorFor(path, projects, surroundings.env);
  const redact = (text: string): string => redactor.redactText(text);
  return renewTape(tape, { describe: (entry, index) => describeEntry(entry, index, redact) });
}

function writerFor(folder: string, { maxBytes }: Tapes): FileStore {
  return new FileStore({ folder, maxFileBytes: maxBytes });
}

function printUpgrades(
  upgrades: readonly Upgrade[],
  all: number,
  full: boolean,
  check: boolean,
  terminal: Terminal,
): void {
  for (const { file, before, after } of upgrades) {
    const lines = limitLines(textLines(terminal.clean(before), terminal.clean(after), WIDTH), full);
    terminal.print(
      terminal.style("bold", terminal.clean(file)),
      ...lines.map((line) => terminal.diffLine(line, "  ")),
    );
  }
  const what = check ? "would change" : "rewritten";
  terminal.print(
    upgrades.length === 0
      ? `${count(all, "cassette")} up to date.`
      : `${upgrades.length} of ${count(all, "cassette")} ${what}.`,
  );
  if (check && upgrades.length > 0) terminal.print("To rewrite: npx vitest-cassette upgrade");
}
