import { Buffer } from "node:buffer";
import { hostOf } from "../cassette/host-of.ts";
import { type Interaction, interactionsOf } from "../cassette/model.ts";
import { bodyLength } from "../cassette/stored-body.ts";
import { formatAge } from "../options/max-age.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import type { CommandContext } from "./command.ts";
import { aboutFailedRecording } from "./failed-recording.ts";
import type { TapeRead } from "./read-tape.ts";
import { size } from "./size.ts";
import { tableLines } from "./table.ts";
import { tapesOf } from "./tapes.ts";
import type { Terminal } from "./terminal.ts";

/** One cassette, as `ls --json` gives it. */
export interface ListedTape {
  readonly file: string;
  /** Version of the format. */
  readonly version: number;
  readonly interactions: number;
  /** The models that answered, each once. */
  readonly answered: readonly string[];
  /** Of all recorded responses. */
  readonly bytes: number;
  /** ISO 8601; `undefined` for a cassette written by hand. */
  readonly recordedAt: string | undefined;
  /** Length of the file in bytes. */
  readonly size: number;
  /** Whether it is the recording of a failed test, beside its cassette. */
  readonly failed: boolean;
}

interface UnreadableTape {
  readonly file: string;
  readonly code: string;
  readonly error: string;
}

/** Lists cassettes. */
export async function list(context: CommandContext): Promise<0 | 1> {
  const { invocation, terminal } = context;
  const tapes = await tapesOf(context);
  const { tapes: found } = tapes.find();
  const listed = found.map((tape, index) => {
    terminal.progress("Reading cassettes", index, found.length);
    return describe(tapes.read(tape));
  });
  terminal.clearProgress();
  if (invocation.flag("json")) terminal.printJson(listed);
  else if (listed.length === 0) terminal.print("No cassettes found.");
  else printTable(listed, terminal);
  return listed.some((tape) => "error" in tape) ? 1 : 0;
}

function describe(read: TapeRead): ListedTape | UnreadableTape {
  if (read.kind === "broken") return { file: read.file, code: read.code, error: firstLine(read.message) };
  const { file, text, tape } = read;
  const interactions = interactionsOf(tape);
  const answered = interactions.map(answererOf);
  return {
    file,
    version: tape.version,
    interactions: interactions.length,
    answered: [...new Set(answered)],
    bytes: interactions.reduce((sum, { response }) => sum + bodyLength(response.chunks), 0),
    recordedAt: tape.recorded?.at,
    size: Buffer.byteLength(text),
    failed: aboutFailedRecording(file) !== undefined,
  };
}

/** Names who answered: `openai gpt-5-mini`, or the host if the provider is unknown. */
function answererOf(interaction: Interaction): string {
  const { provider, model } = traceInteraction(interaction);
  const parts = [provider, model].filter((part) => part !== undefined);
  return parts.length === 0 ? hostOf(interaction.request.url) : parts.join(" ");
}

const MAX_ANSWERED = 2;

function printTable(listed: readonly (ListedTape | UnreadableTape)[], terminal: Terminal): void {
  const now = Date.now();
  const head = ["cassette", "interactions", "answered by", "bytes", "age", "size"];
  const rows = listed.map((tape) => {
    if ("error" in tape) return [tape.file, "-", "-", "-", "-", "-"];
    const { answered, recordedAt } = tape;
    const more = answered.length > MAX_ANSWERED ? [`and ${answered.length - MAX_ANSWERED} more`] : [];
    return [
      tape.file,
      String(tape.interactions),
      [...answered.slice(0, MAX_ANSWERED), ...more].join(", ") || "-",
      size(tape.bytes),
      recordedAt === undefined ? "-" : formatAge(Math.max(1, now - Date.parse(recordedAt))),
      size(tape.size),
    ].map((cell) => terminal.clean(cell));
  });
  const lines = tableLines([head, ...rows], {
    columns: terminal.surroundings.columns,
    shrinks: [0, 2],
    drops: [3, 5],
  });
  terminal.print(...lines.map((line, index) => (index === 0 ? terminal.style("dim", line) : line)));
  const failed = listed.flatMap(({ file }) => {
    const about = aboutFailedRecording(file);
    return about === undefined ? [] : [terminal.clean(`${file}  ${about}`)];
  });
  if (failed.length > 0) terminal.print("", ...failed);
  for (const tape of listed) if ("error" in tape) terminal.complain({ code: tape.code, message: tape.error });
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}
