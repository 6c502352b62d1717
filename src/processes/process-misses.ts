import { CassetteCallMissError } from "../calls/call-errors.ts";
import { missError } from "../calls/missed.ts";
import type { Timeline } from "../calls/timeline.ts";
import { commandLine } from "../cassette/command-line.ts";
import type { RecordedProcess } from "../cassette/model.ts";
import type { MissReason } from "../diagnosis/miss-facts.ts";
import type { ComparedProcess } from "./compared-process.ts";
import type { Difference } from "./dialogue.ts";

/** Describes a process that has no recording, and the recording nearest to it. */
export function processMiss(
  timeline: Timeline,
  live: ComparedProcess,
  reason: MissReason,
  nearest: RecordedProcess | undefined,
): CassetteCallMissError {
  const { redactor } = timeline.host;
  const clean = redactor.redactEntry<RecordedProcess>({ kind: "process", at: 0, io: [], ...live });
  const shown = (entry: RecordedProcess) => ({ line: commandLine(entry), compared: comparedParts(entry) });
  return missError(timeline, reason, {
    what: "process",
    noun: "process",
    none: nearest === undefined ? `process of ${clean.command}` : "such process",
    live: shown(clean),
    nearest: nearest && { entry: nearest, ...shown(nearest) },
  });
}

/** Describes input that differs from what a process was given in the recording. */
export function inputMiss(
  { host, entries }: Timeline,
  recording: RecordedProcess,
  difference: Difference,
): CassetteCallMissError {
  const redact = (text: string | undefined): string | undefined => text && host.redactor.redactText(text);
  const { live, recorded } = { live: redact(difference.live), recorded: redact(difference.recorded) };
  const what =
    recorded === undefined
      ? "was given input that is not in the recording"
      : live === undefined
        ? "was not given all of the input of the recording"
        : "was given other input than in the recording";
  return new CassetteCallMissError(
    [
      `Failed to play the process ${commandLine(recording)}: it ${what}, ${entries.indexOf(recording) + 1} in ${host.tape.shownFile}.`,
      `  recorded: ${recorded ?? "nothing more"}`,
      `  now:      ${live ?? "nothing more"}`,
      `If that is intended, re-record the cassette: ${host.messages.rerecordCommand()}`,
    ].join("\n"),
    "different",
    { actual: parsed(live), expected: parsed(recorded) },
  );
}

function comparedParts({ command, args, shell, cwd, env }: ComparedProcess): object {
  return JSON.parse(JSON.stringify({ command, args, shell, cwd, env })) as object;
}

/** For a diff by fields. */
function parsed(line: string | undefined): unknown {
  if (line === undefined) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    // It is text.
    return line;
  }
}
