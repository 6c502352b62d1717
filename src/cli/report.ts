import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { count } from "../cassette/count.ts";
import { eventsOfTape } from "../events/tape-events.ts";
import { openInBrowser } from "../page/open-in-browser.ts";
import { renderPage } from "../page/render-page.ts";
import { shownPath } from "../storage/storage-error.ts";
import type { CommandContext } from "./command.ts";
import { tapesOf } from "./tapes.ts";
import type { Terminal } from "./terminal.ts";
import { writeTextFile } from "./text-file.ts";

/** Writes the page of some or all cassettes. */
export async function report(context: CommandContext): Promise<0 | 1> {
  const { terminal, invocation } = context;
  const { directory } = terminal.surroundings;
  const [out = "cassette-report.html"] = invocation.values("out");
  const page = await pageOf(context);
  const file = resolve(directory, out);
  writeTextFile(file, page.html, "Pass another file with --out.");
  terminal.print(terminal.clean(`${shownPath(file)}: ${count(page.cassettes, "cassette")}.`));
  return page.broken ? 1 : 0;
}

/** Writes the page to a temporary file and opens it in the browser. */
export async function open(context: CommandContext): Promise<0 | 1> {
  const { terminal } = context;
  const page = await pageOf(context);
  const file = join(mkdtempSync(join(tmpdir(), "vitest-cassette-")), "report.html");
  writeTextFile(file, page.html, "Set TMPDIR to a folder that this user can write to.");
  terminal.print(`${file}: ${count(page.cassettes, "cassette")}.`);
  await openInBrowser(pathToFileURL(file).href, terminal.surroundings.env);
  return page.broken ? 1 : 0;
}

interface RenderedPage {
  readonly html: string;
  readonly cassettes: number;
  readonly broken: boolean;
}

async function pageOf(context: CommandContext): Promise<RenderedPage> {
  const { terminal, invocation } = context;
  const tapes = await tapesOf(context);
  const { names } = invocation;
  const files = names.length > 0 ? names.map(tapes.called) : tapes.find().tapes;
  let broken = false;
  let read = 0;
  const lines = files.flatMap((file, index) => {
    terminal.progress("Reading cassettes", index, files.length);
    const tape = tapes.read(file);
    if (tape.kind === "broken") {
      terminal.complain(tape);
      broken = true;
      return [];
    }
    read++;
    return eventsOfTape(tape.tape, tape.file).map((event) => clean(event, terminal));
  });
  terminal.clearProgress();
  return { html: renderPage({ title: "Cassettes", events: lines }), cassettes: read, broken };
}

/** Removes secrets from all texts of an event. A chunk's own bytes are on the tape as they are. */
function clean<T>(event: T, terminal: Terminal): T {
  return JSON.parse(JSON.stringify(event), (_, value: unknown) =>
    typeof value === "string" && value.length > 7 ? terminal.redact(value) : value,
  ) as T;
}
