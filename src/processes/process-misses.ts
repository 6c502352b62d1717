import { CassetteCallMissError } from "../calls/call-errors.ts";
import type { Timeline } from "../calls/timeline.ts";
import { commandLine } from "../cassette/command-line.ts";
import type { RecordedProcess } from "../cassette/model.ts";
import type { MissReason } from "../diagnosis/miss-facts.ts";
import type { ComparedProcess } from "./compared-process.ts";
import type { Difference } from "./dialogue.ts";

/** Describes a process that has no recording, and the recording nearest to it. */
export function processMiss(
  { host, entries, recordCommand }: Timeline,
  live: ComparedProcess,
  reason: MissReason,
  nearest: RecordedProcess | undefined,
): CassetteCallMissError {
  const shown = host.redactor.redactEntry<RecordedProcess>({ kind: "process", at: 0, io: [], ...live });
  const why =
    reason === "no-tape"
      ? `there is no cassette ${host.shownFile}`
      : reason === "used-up"
        ? `every recording of this process in ${host.shownFile} has already been played`
        : `${host.shownFile} has no ${nearest === undefined ? `process of ${shown.command}` : "such process"}`;
  const compared = reason === "used-up" ? undefined : nearest;
  return new CassetteCallMissError(
    [
      `Failed to play the process ${commandLine(shown)}: ${why}.`,
      ...(compared === undefined
        ? []
        : [`The nearest recording is ${entries.indexOf(compared) + 1}, ${commandLine(compared)}.`]),
      `If the process is intended, record it: ${recordCommand}`,
    ].join("\n"),
    reason,
    compared && { actual: comparedParts(shown), expected: comparedParts(compared) },
  );
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
      `Failed to play the process ${commandLine(recording)}: it ${what}, ${entries.indexOf(recording) + 1} in ${host.shownFile}.`,
      `  recorded: ${recorded ?? "nothing more"}`,
      `  now:      ${live ?? "nothing more"}`,
      `If that is intended, re-record the cassette: ${host.rerecordCommand()}`,
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
