import { dirname, resolve } from "node:path";
import type { Interaction, TapeEntry } from "../cassette/model.ts";
import { bodyLength } from "../cassette/stored-body.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { entryGroup, entryValue } from "../compare/entry-value.ts";
import { plainValue } from "../compare/plain-value.ts";
import { responseContent, saysAnything } from "../compare/response-content.ts";
import { renderValues } from "../format/index.ts";
import { normalizeWritten } from "../matching/normalize.ts";
import { redactDeep } from "../matching/redact-deep.ts";
import { compileRules } from "../matching/rules.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import type { TraceUsage } from "../streams/decoder.ts";
import { saidOf, statusOf } from "./account.ts";
import type { CommandContext } from "./command.ts";
import { readTape } from "./read-tape.ts";
import type { Terminal } from "./terminal.ts";
import { wrap } from "./wrap.ts";

const WIDTH = 96;
/** git passes whatever is in its history. */
const MAX_BYTES = 1024 ** 3;

/** Prints a cassette as text that can be compared line by line. The same meaning gives the same text. */
export async function textconv({ invocation, terminal }: CommandContext): Promise<0 | 1> {
  const path = resolve(terminal.surroundings.directory, invocation.names[0] ?? "");
  const read = readTape({ path, folder: dirname(path) }, { redact: terminal.redact, maxBytes: MAX_BYTES });
  if (read.kind === "tape") {
    terminal.print(...read.tape.interactions.flatMap((entry) => [...entryText(entry, terminal), ""]));
    return 0;
  }
  if (read.text === undefined) {
    terminal.complain(read);
    return 1;
  }
  // A failure would end `git diff` before the other files.
  terminal.print(terminal.clean(read.text));
  return 0;
}

function entryText(entry: TapeEntry, terminal: Terminal): readonly string[] {
  const values = entry.kind === "request" ? requestValues(entry) : (entryValue(entry) as Values);
  const title = entry.kind === "request" ? `${entry.request.method} ${entry.request.url}` : entryGroup(entry);
  const clean = redactDeep(values, terminal.redact);
  const lines = renderValues(clean, 2).join("\n");
  return [terminal.clean(title), terminal.clean(lines)];
}

type Values = Readonly<Record<string, TapeValue | undefined>>;

const rules = compileRules();

function requestValues(interaction: Interaction): Values {
  const { request, response, test, parent } = interaction;
  const { body } = normalizeWritten(request, rules);
  const trace = traceInteraction(interaction);
  const { model, finishReason, usage } = trace;
  const said = saysAnything(trace)
    ? saidOf(interaction).flatMap(([name, value]) => (value ? [{ [name]: wrapped(value) }] : []))
    : (plainValue(responseContent(interaction)) as TapeValue);
  return {
    test,
    parent,
    asked: plainValue(body) as TapeValue | undefined,
    status: statusOf(interaction),
    end: response.end === "complete" ? undefined : response.end,
    model,
    answer: bodyLength(response.chunks) === 0 ? undefined : said,
    finish: finishReason,
    usage: usage && countsOf(usage),
  };
}

function countsOf({ inputTokens, outputTokens, reasoningTokens }: TraceUsage): TapeValue {
  const counts = { in: inputTokens, out: outputTokens, reasoning: reasoningTokens };
  const known = Object.entries(counts).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(known);
}

/** Breaks long lines, so that a change in one is not a change of the whole text. */
function wrapped(text: string): string {
  return text
    .split("\n")
    .flatMap((line) => wrap(line, WIDTH))
    .join("\n");
}
