import { TAPE_VERSIONS } from "../format/index.ts";
import { profiles } from "../providers/registry.ts";
import type { RedactOptions } from "../redaction/options.ts";
import { createRedactor, type Redactor } from "../redaction/redactor.ts";
import { abandonedIn, removeAbandoned } from "../storage/atomic-write.ts";
import { FileStore } from "../storage/file-store.ts";
import { shownPath } from "../storage/storage-error.ts";
import { aboutFailedRecording } from "./failed-recording.ts";
import { isOpen, type Problem } from "./problem.ts";
import type { Invocation } from "./read-arguments.ts";
import { readTape } from "./read-tape.ts";
import { printProblems } from "./report.ts";
import { findTapes, type TapeFile } from "./tape-files.ts";
import { findSecrets, withoutSecrets } from "./tape-secrets.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

interface Wanted {
  readonly secrets: boolean;
  readonly fix: boolean;
  /** A new one for each tape: secrets are numbered by the tape. */
  redactor(): Redactor;
  /** For what is printed. */
  redact(text: string): string;
}

/** Reads every tape and tells what is wrong; with `--fix` removes what is secret and what was left over. */
export async function check({ flag, values }: Invocation, terminal: Terminal): Promise<0 | 1> {
  const { env, directory } = terminal.surroundings;
  const redact = redactOptions(values);
  const fix = flag("fix");
  const wanted: Wanted = {
    secrets: fix || flag("secrets"),
    fix,
    // On a tape stands nothing by chance: headers that today's recordings leave out may be there to be compared.
    redactor: () => createRedactor(redact, { env, profiles, keepHeaders: ["*"] }),
    redact: terminal.redact,
  };
  const { tapes, folders } = findTapes(values("dir"), directory);
  const problems: Problem[] = [];
  // Before any tape is written: writing clears them away without a word.
  for (const folder of folders) problems.push(...(await checkLeftOver(folder, fix)));
  for (const tape of tapes) problems.push(...(await checkTape(tape, wanted)));
  if (flag("json")) terminal.printJson({ tapes: tapes.length, problems });
  else printProblems(problems, tapes.length, terminal);
  return problems.some(isOpen) ? 1 : 0;
}

async function checkTape(tape: TapeFile, wanted: Wanted): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const read = readTape(tape, wanted.redact);
  const { file, text } = read;
  if (read.kind === "broken") {
    const { line, column, message } = read;
    problems.push({ kind: "broken", file, line, column, message });
    // It may be broken and leak all the same.
    if (!wanted.secrets || text === undefined) return problems;
    const found = wanted.redactor().scan(text);
    const secrets = found.map(
      ({ path, ...rest }): Problem => ({ kind: "secret", file, ...rest, place: path, fixed: false }),
    );
    return [...problems, ...secrets];
  }
  if (read.tape.version < Math.max(...TAPE_VERSIONS)) {
    problems.push({ kind: "old-version", file, version: read.tape.version });
  }
  const about = aboutFailedRecording(file);
  if (about !== undefined) problems.push({ kind: "failed-recording", file, message: about });
  if (!wanted.secrets) return problems;
  const secrets = findSecrets(read, wanted.redactor());
  const left = wanted.fix && secrets.length > 0 ? await fixTape(tape, wanted) : secrets.length;
  return [
    ...problems,
    ...secrets.map((secret): Problem => ({ kind: "secret", file, ...secret, fixed: left === 0 })),
  ];
}

const MAX_PASSES = 5;

/** Writes the tape without its secrets; how many are left in it. */
async function fixTape(tape: TapeFile, { redactor, redact }: Wanted): Promise<number> {
  const store = new FileStore({ folder: tape.folder });
  return store.exclusively(tape.path, async () => {
    // Read again: a test may have recorded it meanwhile. Where a secret broke some JSON, what it hid is seen after it.
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const read = readTape(tape, redact);
      if (read.kind === "broken") return 1;
      const text = withoutSecrets(read, redactor());
      if (text === read.text) return findSecrets(read, redactor()).length;
      await store.write(tape.path, text);
    }
    return 1;
  });
}

async function checkLeftOver(folder: string, fix: boolean): Promise<readonly Problem[]> {
  const left = await abandonedIn(folder);
  if (fix) await removeAbandoned(folder);
  return left.map((path): Problem => ({ kind: "left-over", file: shownPath(path), fixed: fix }));
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
        throw new UsageError(`--pattern wants a regular expression: ${(error as SyntaxError).message}.`);
      }
    }),
  };
}
