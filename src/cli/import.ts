import { basename, join, resolve } from "node:path";
import { count } from "../cassette/count.ts";
import { CassetteError } from "../cassette/errors.ts";
import type { Interaction } from "../cassette/model.ts";
import { placesIn, renderTape } from "../format/index.ts";
import type { Imported } from "../importers/imported.ts";
import { readRecording } from "../importers/read-recording.ts";
import { DEFAULT_TAPE_SIZES } from "../options/resolve-options.ts";
import { profiles } from "../providers/registry.ts";
import { createRedactor, type Redactor } from "../redaction/redactor.ts";
import { describeEntry } from "../session/describe-entry.ts";
import { storeBodies } from "../session/store-bodies.ts";
import { tapePath } from "../session/tape-path.ts";
import { VERSION } from "../session/version.ts";
import type { BodyWriter } from "../storage/body-writer.ts";
import { FileStore } from "../storage/file-store.ts";
import { shownPath } from "../storage/storage-error.ts";
import type { CommandContext } from "./command.ts";
import { readTextFile } from "./text-file.ts";
import { UsageError } from "./usage-error.ts";

/** Writes recordings of other tools as cassettes. */
export async function importFiles(context: CommandContext): Promise<0 | 1> {
  const { terminal, invocation } = context;
  const { names, values, flag } = invocation;
  const { directory, env } = terminal.surroundings;
  const [to] = values("to");
  if (to !== undefined && names.length > 1)
    throw new UsageError("--to names one cassette. Import one file at a time.");
  const [project] = await context.projects();
  const folder = resolve(directory, values("dir")[0] ?? project?.dir ?? "cassettes");
  const redact = project?.redact ?? {};
  let problem = false;
  for (const name of names) {
    const redactor = createRedactor(redact, { env, profiles });
    try {
      const imported = readRecording(
        readTextFile(
          resolve(directory, name),
          "Pass the paths of recordings, relative to the folder in which you run the command.",
        ),
        name,
      );
      const path = tapePath(to ?? basename(name).replace(/\.[^.]+$/, ""), redactor);
      const file = join(folder, path);
      const store = new FileStore({ folder });
      if (store.exists(file) && !flag("force")) {
        throw new CassetteError(
          "CASSETTE_EXISTS",
          `Failed to import ${name}: ${shownPath(file)} exists.\nOverwrite it with --force, or choose a name with --to.`,
        );
      }
      const bodies: BodyWriter[] = [];
      const begin = (): BodyWriter => store.storeBody(file, bodies);
      try {
        await store.write(file, render(imported, redactor, shownPath(file), begin), bodies);
      } finally {
        for (const body of bodies) body.discard();
      }
      const interactions = count(imported.interactions.length, "interaction");
      terminal.print(terminal.clean(`${shownPath(file)}: ${interactions} from ${imported.from}`));
      for (const note of imported.notes) terminal.print(terminal.clean(`  ${note}`));
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      terminal.complain(error);
      problem = true;
    }
  }
  return problem ? 1 : 0;
}

function render(
  { interactions }: Imported,
  redactor: Redactor,
  shownFile: string,
  begin: () => BodyWriter,
): string {
  if (interactions.length === 0) {
    throw new CassetteError(
      "CASSETTE_IMPORT_EMPTY",
      `Failed to write ${shownFile}: the recording has no responses.`,
    );
  }
  const redacted = interactions.map((each): Interaction => redactor.redactEntry(each));
  const text = renderTape(
    {
      version: 1,
      recorded: { at: new Date().toISOString(), with: `vitest-cassette ${VERSION}` },
      interactions: storeBodies(redacted, {
        maxInlineBytes: DEFAULT_TAPE_SIZES.maxInlineBytes,
        redactors: [redactor],
        begin,
      }),
    },
    { describe: (entry, index) => describeEntry(entry, index, (each) => redactor.redactText(each)) },
  );
  redactor.assertClean(text, shownFile, placesIn);
  return text;
}
