import { placesIn, TAPE_VERSIONS } from "../format/index.ts";
import type { LocatedFinding } from "../redaction/gate.ts";
import type { RedactOptions } from "../redaction/options.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { abandonedIn, removeAbandoned } from "../storage/atomic-write.ts";
import { FileStore } from "../storage/file-store.ts";
import { shownPath } from "../storage/storage-error.ts";
import { removeBodies, unusedBodies } from "../storage/unused-bodies.ts";
import { findBodySecrets, findBrokenBodies } from "./body-files.ts";
import type { CommandContext, Invocation } from "./command.ts";
import { aboutFailedRecording } from "./failed-recording.ts";
import { printProblems } from "./print-problems.ts";
import { isOpen, type Problem, secretProblem } from "./problem.ts";
import { redactorFor } from "./redactor-for.ts";
import type { TapeFile } from "./tape-files.ts";
import { findSecrets, type TapeText, withoutSecrets } from "./tape-secrets.ts";
import { type Tapes, tapesOf } from "./tapes.ts";
import { UsageError } from "./usage-error.ts";

interface Wanted {
  readonly secrets: boolean;
  readonly fix: boolean;
  /** Creates a new one for each tape, since a tape numbers its own secrets. */
  redactor(tape: TapeFile): Redactor;
  readonly tapes: Tapes;
}

/** Reads every cassette and reports problems. With `--fix`, removes secrets and leftover files. */
export async function check(context: CommandContext): Promise<0 | 1> {
  const { terminal } = context;
  const { flag, values } = context.invocation;
  const { env } = terminal.surroundings;
  const tapes = await tapesOf(context);
  const given = redactOptions(values);
  const fix = flag("fix");
  const wanted: Wanted = {
    secrets: fix || flag("secrets"),
    fix,
    redactor: ({ path }) => redactorFor(path, tapes.projects, env, given),
    tapes,
  };
  const { tapes: found, folders } = tapes.find();
  const problems: Problem[] = [];
  // Before any cassette is written: writing removes leftover files silently.
  for (const folder of folders) {
    problems.push(...(await checkFolder(folder, fix)));
  }
  for (const [index, tape] of found.entries()) {
    terminal.progress("Checking cassettes", index, found.length);
    problems.push(...(await checkTape(tape, wanted)));
  }
  terminal.clearProgress();
  if (flag("json")) terminal.printJson({ tapes: found.length, problems });
  else printProblems(problems, found.length, fix, terminal);
  return problems.some(isOpen) ? 1 : 0;
}

async function checkTape(tape: TapeFile, wanted: Wanted): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const read = wanted.tapes.read(tape);
  const { file, text } = read;
  if (read.kind === "broken") {
    const { line, column, message } = read;
    problems.push({ kind: "broken", file, line, column, message });
    // A broken cassette can still leak.
    if (!wanted.secrets || text === undefined) return problems;
    const found = wanted.redactor(tape).scan(text, placesIn);
    return [...problems, ...found.map((secret) => secretProblem(file, secret, false))];
  }
  if (read.tape.version < Math.max(...TAPE_VERSIONS)) {
    problems.push({ kind: "old-version", file, version: read.tape.version });
  }
  const about = aboutFailedRecording(file);
  if (about !== undefined) problems.push({ kind: "failed-recording", file, message: about });
  for (const body of await findBrokenBodies(read)) problems.push({ kind: "broken", file, ...body });
  if (!wanted.secrets) return problems;
  const secrets = await secretsIn(read, wanted.redactor(tape));
  const left = wanted.fix && secrets.length > 0 ? await fixTape(tape, wanted) : secrets.length;
  return [...problems, ...secrets.map((secret) => secretProblem(file, secret, left === 0))];
}

async function secretsIn(read: TapeText, redactor: Redactor): Promise<readonly LocatedFinding[]> {
  return [...findSecrets(read, redactor), ...(await findBodySecrets(read, redactor))];
}

const MAX_PASSES = 5;

/** Writes the cassette without its secrets, and returns how many are left. */
async function fixTape(tape: TapeFile, { redactor, tapes }: Wanted): Promise<number> {
  const store = new FileStore({ folder: tape.folder, maxFileBytes: tapes.maxBytes });
  // One secret can hide another.
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const read = tapes.read(tape);
    if (read.kind === "broken") return 1;
    const text = withoutSecrets(read, redactor(tape));
    if (text === read.text) return (await secretsIn(read, redactor(tape))).length;
    await store.write(tape.path, text);
  }
  return 1;
}

/** Finds files that belong to no cassette. */
async function checkFolder(folder: string, fix: boolean): Promise<readonly Problem[]> {
  const files = { "left-over": await abandonedIn(folder), "unused-body": unusedBodies(folder) } as const;
  if (fix) {
    await removeAbandoned(folder);
    await removeBodies(files["unused-body"]);
  }
  return (["left-over", "unused-body"] as const).flatMap((kind) =>
    files[kind].map((path): Problem => ({ kind, file: shownPath(path), fixed: fix })),
  );
}

function redactOptions(values: Invocation["values"]): RedactOptions {
  return {
    fields: values("field"),
    headers: values("header"),
    query: values("query"),
    allow: values("allow"),
    patterns: values("pattern").map((source) => {
      try {
        return new RegExp(source);
      } catch (error) {
        throw new UsageError(
          `Option --pattern needs a regular expression: ${(error as SyntaxError).message}.`,
        );
      }
    }),
  };
}
