import { Buffer } from "node:buffer";
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { TextDecoder } from "node:util";
import { count } from "../cassette/count.ts";
import { type Interaction, interactionsOf, type Tape, type TapeEntry } from "../cassette/model.ts";
import { renderEntry } from "../format/index.ts";
import { didYouMean } from "../options/did-you-mean.ts";
import { formatAge } from "../options/max-age.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import { describeEntry } from "../session/describe-entry.ts";
import { summarizeTape } from "../session/manifest.ts";
import { shownPath } from "../storage/storage-error.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";
import { bodyBytes, size } from "./describe.ts";
import { aboutFailedRecording } from "./failed-recording.ts";
import type { ProjectSettings } from "./project-settings.ts";
import type { Invocation } from "./read-arguments.ts";
import { readTape } from "./read-tape.ts";
import { findTapes, type TapeFile } from "./tape-files.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

const MAX_LINES = 12;
const MAX_WIDTH = 160;

/** Prints what is on one cassette. */
export function show(
  { flag, names, values }: Invocation,
  terminal: Terminal,
  projects: readonly ProjectSettings[],
): 0 | 1 {
  const [name = ""] = names;
  const { directory } = terminal.surroundings;
  const tape = tapeCalled(name, directory, () => findTapes(values("dir"), directory, projects).tapes);
  const read = readTape(tape, terminal.redact);
  if (read.kind === "broken") {
    terminal.complain(read.message);
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
    terminal.print("", ...account(entry, index, { terminal, full: flag("full") }));
  });
  return 0;
}

/** Finds a cassette by its path, or by its name in one of the folders, with or without `.yaml`. */
function tapeCalled(name: string, directory: string, allTapes: () => readonly TapeFile[]): TapeFile {
  const direct = [name, `${name}.yaml`].map((each) => resolve(directory, each));
  const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  const path = name.includes("\0") ? undefined : direct.find(isFile);
  if (path !== undefined) return { path, folder: dirname(path) };
  const short = allTapes().map((tape) => ({ tape, name: nameOf(tape) }));
  const wanted = name.replace(/\.yaml$/, "");
  const found = short.find((each) => each.name === wanted);
  if (found !== undefined) return found.tape;
  const [alike, another] = short.filter((each) => each.name.endsWith(`/${wanted}`));
  if (alike !== undefined && another === undefined) return alike.tape;
  const names = short.flatMap((each) => [each.name, shownPath(each.tape.path)]);
  const meant = didYouMean(name, names);
  const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  throw new UsageError(`No cassette is called "${name}".${hint} To list them: vitest-cassette ls`);
}

function nameOf({ path, folder }: TapeFile): string {
  return path
    .slice(folder.length + 1)
    .replaceAll("\\", "/")
    .replace(/\.yaml$/, "");
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

interface Manner {
  readonly terminal: Terminal;
  readonly full: boolean;
}

function account(entry: TapeEntry, index: number, manner: Manner): readonly string[] {
  if (entry.kind === "request") return accountOfRequest(entry, index, manner);
  const { terminal } = manner;
  const [, ...lines] = renderEntry(entry, 0).join("\n").split("\n");
  return [
    terminal.style("bold", terminal.clean(describeEntry(entry, index))),
    ...field("at", `${entry.at} ms`, manner),
    ...field("entry", lines.map((line) => line.slice(2)).join("\n"), manner),
  ];
}

function accountOfRequest(interaction: Interaction, index: number, manner: Manner): readonly string[] {
  const { request, response, at, test } = interaction;
  const trace = traceInteraction(interaction);
  const answer =
    response.status === 0
      ? `no response · ${response.error?.message ?? response.end}`
      : [`${response.status} ${response.statusText}`.trim(), response.error?.message]
          .filter((part) => part !== undefined)
          .join(" · ");
  const { terminal } = manner;
  return [
    terminal.style("bold", terminal.clean(`${index + 1} · ${request.method} ${request.url}`)),
    ...field("at", `${at} ms`, manner),
    ...(test === undefined ? [] : field("test", test, manner)),
    ...(request.body === undefined ? [] : field("sent", bodyText(request.body), manner)),
    ...field("got", answer, manner),
    ...field("answer", answerText(trace), manner),
    ...said(trace, interaction, manner),
    ...(trace.usage === undefined ? [] : field("usage", usageText(trace.usage), manner)),
    ...field("timing", timingText(trace), manner),
  ];
}

function said(trace: StreamTrace, interaction: Interaction, manner: Manner): readonly string[] {
  const { reasoning, text, refusal, toolCalls, error } = trace;
  const lines = [
    ...(reasoning === "" ? [] : field("reasoning", reasoning, manner)),
    ...(text === "" ? [] : field("text", text, manner)),
    ...(refusal === "" ? [] : field("refusal", refusal, manner)),
    ...toolCalls.flatMap((call) => field("tool call", `${call.name} ${call.arguments}`, manner)),
    ...(error === undefined ? [] : field("error", `${error.type ?? ""} ${error.message}`.trim(), manner)),
  ];
  if (lines.length > 0 || bodyBytes(interaction) === 0) return lines;
  return field("body", bodyText(Buffer.concat(interaction.response.chunks)), manner);
}

function answerText(trace: StreamTrace): string {
  const { provider, api, model, events, chunks, finishReason, end } = trace;
  const who = [provider, api, model].filter((part) => part !== undefined).join(" ");
  const parts = [
    who,
    `${count(events.length, "event")} in ${count(chunks.length, "chunk")}`,
    finishReason ?? "",
    end === "complete" ? "" : end,
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

function usageText(usage: NonNullable<StreamTrace["usage"]>): string {
  const { inputTokens, outputTokens, totalTokens, reasoningTokens, cachedInputTokens } = usage;
  const parts = [
    [inputTokens, "in"],
    [cachedInputTokens, "of them cached"],
    [outputTokens, "out"],
    [reasoningTokens, "of them reasoning"],
    [totalTokens, "in all"],
  ] as const;
  return parts.flatMap(([tokens, name]) => (tokens === undefined ? [] : [`${tokens} ${name}`])).join(", ");
}

function timingText({ timing }: StreamTrace): string {
  const { headers } = timing;
  return headers === undefined ? timing.summary : `headers ${headers} ms, ${timing.summary}`;
}

/** JSON with indents, text unchanged, and the size of anything else. */
function bodyText(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8, so it is not shown.
    return `${size(bytes.length)}, not text`;
  }
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON, so it is text.
    return text;
  }
}

function field(name: string, value: string, { terminal, full }: Manner): readonly string[] {
  const all = terminal.clean(value).trimEnd().split("\n");
  const shown = full ? all : all.slice(0, MAX_LINES).map(shortened);
  const rest = all.length - shown.length;
  const lines = rest === 0 ? shown : [...shown, `... ${count(rest, "more line")} (--full prints all)`];
  return lines.map((line, index) => {
    const label = (index === 0 ? name : "").padEnd(9);
    return `  ${terminal.style("dim", label)}  ${line}`.trimEnd();
  });
}

function shortened(line: string): string {
  if (line.length <= MAX_WIDTH) return line;
  return `${line.slice(0, MAX_WIDTH)}... ${line.length - MAX_WIDTH} more characters (--full prints all)`;
}
