import type { RecordedCall, RecordedMcp, TapeEntry, TapeValue } from "../cassette/model.ts";
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

/** A message that the client of an MCP server sends now. */
export type LiveMessage = Pick<RecordedMcp, "method" | "type" | "params">;

/** Returns the error for a call without a recording: why, and how the nearest one differs. */
export function callMiss(
  timeline: Timeline,
  { called: { name, options }, input }: MissedCall,
  reason: MissReason,
  nearest: RecordedCall | undefined,
): CassetteCallMissError {
  const call: RecordedCall = {
    kind: "call",
    at: 0,
    name,
    type: "function",
    form: "promise",
    end: "complete",
    input,
  };
  const version = options.version === undefined ? undefined : String(options.version);
  const otherVersion =
    nearest === undefined || nearest.version === version
      ? ""
      : `, of version ${nearest.version ?? "none"} and not ${version ?? "none"}`;
  return missError(timeline, reason, {
    what: "call",
    noun: "call",
    none: nearest === undefined ? `call of ${name}` : "such call",
    live: timeline.host.redactor.redactEntry(call),
    nearest: nearest && { entry: nearest, name: nearest.name, input: nearest.input, note: otherVersion },
  });
}

/** Returns the error for an MCP message without a recording. */
export function mcpMiss(
  timeline: Timeline,
  message: LiveMessage,
  reason: MissReason,
  nearest: RecordedMcp | undefined,
): CassetteCallMissError {
  const entry: RecordedMcp = { kind: "mcp", at: 0, from: "client", ...message };
  const { method, params } = timeline.host.redactor.redactEntry(entry);
  return missError(timeline, reason, {
    what: `MCP ${message.type}`,
    noun: "message",
    none: "such message",
    live: { name: method, input: params },
    nearest: nearest && { entry: nearest, name: nearest.method, input: nearest.params, note: "" },
  });
}

/** Reports a step or checkpoint without a recording. The run goes on, so that warn mode warns. */
export function reportMissed(
  timeline: Timeline,
  kind: "step" | "checkpoint",
  name: string,
  reason: MissReason,
): void {
  const often = reason === "used-up" ? "not so often" : "not";
  const message = `The ${kind} "${name}" is ${often} in ${timeline.host.shownFile}.\nIf it is intended, record it: ${timeline.recordCommand}`;
  timeline.miss(kind, new CassetteCallMissError(message, reason), true);
}

type Shown = Pick<RecordedCall, "name" | "input">;

interface Missed {
  readonly what: string;
  readonly noun: string;
  /** What the cassette has none of. */
  readonly none: string;
  /** Without secrets. */
  readonly live: Shown;
  readonly nearest: (Shown & { readonly entry: TapeEntry; readonly note: string }) | undefined;
}

function missError(
  { host, entries, recordCommand }: Timeline,
  reason: MissReason,
  { what, noun, none, live, nearest }: Missed,
): CassetteCallMissError {
  const { shownFile } = host;
  const why =
    reason === "no-tape"
      ? `there is no cassette ${shownFile}`
      : reason === "used-up"
        ? `every recording of this ${noun} in ${shownFile} has already been played`
        : `${shownFile} has no ${none}`;
  const compared = reason === "used-up" ? undefined : nearest;
  const lines = [
    `Failed to play the ${what} ${describeCall(live)}: ${why}.`,
    ...(compared === undefined
      ? []
      : [
          `The nearest recording is ${entries.indexOf(compared.entry) + 1}, ${describeCall(compared)}${compared.note}.`,
        ]),
    `If the ${noun} is intended, record it: ${recordCommand}`,
  ];
  const diff = compared && { actual: live.input, expected: compared.input };
  return new CassetteCallMissError(lines.join("\n"), reason, diff);
}
