import type { RecordedCall, TapeValue } from "../cassette/model.ts";
import type { MissReason } from "../diagnosis/miss-facts.ts";
import { CassetteCallMissError } from "./call-errors.ts";
import type { RecordedFunction } from "./call-options.ts";
import { describeCall } from "./describe-call.ts";
import type { Timeline } from "./timeline.ts";

/** A call that has no recording. */
export interface MissedCall {
  readonly called: RecordedFunction;
  readonly input: TapeValue | undefined;
}

/** Returns the error for a call without a recording: why, and how the nearest one differs. */
export function callMiss(
  { host, entries, recordCommand }: Timeline,
  { called: { name, options }, input }: MissedCall,
  reason: MissReason,
  nearest: RecordedCall | undefined,
): CassetteCallMissError {
  const shown = host.redactor.redactEntry<RecordedCall>({
    kind: "call",
    at: 0,
    name,
    type: "function",
    form: "promise",
    end: "complete",
    ...(input === undefined ? {} : { input }),
  });
  const compared = reason === "used-up" ? undefined : nearest;
  const lines = [
    `Failed to play the call ${describeCall(shown)}: ${why(reason, host.shownFile, name, nearest)}.`,
    ...(compared === undefined
      ? []
      : [
          `The nearest recording is ${entries.indexOf(compared) + 1}, ${describeCall(compared)}${aboutVersion(options.version, compared)}.`,
        ]),
    `If the call is intended, record it: ${recordCommand}`,
  ];
  const diff = compared && { actual: shown.input, expected: compared.input };
  return new CassetteCallMissError(lines.join("\n"), reason, diff);
}

function why(reason: MissReason, shownFile: string, name: string, nearest: RecordedCall | undefined): string {
  if (reason === "no-tape") return `there is no cassette ${shownFile}`;
  if (reason === "used-up") return `every recording of this call in ${shownFile} has already been played`;
  return nearest === undefined ? `${shownFile} has no call of ${name}` : `${shownFile} has no such call`;
}

function aboutVersion(version: string | number | undefined, nearest: RecordedCall): string {
  const now = version === undefined ? undefined : String(version);
  return now === nearest.version ? "" : `, of version ${nearest.version ?? "none"} and not ${now ?? "none"}`;
}
