import type { RecordedCall, RecordedMcp, TapeEntry } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import type { MissReason } from "../diagnosis/miss-facts.ts";
import { CassetteCallMissError } from "./call-errors.ts";
import { type RecordedFunction, versionOf } from "./call-options.ts";
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
  { called, input }: MissedCall,
  reason: MissReason,
  nearest: RecordedCall | undefined,
): CassetteCallMissError {
  const { name } = called;
  const call = {
    kind: "call",
    at: 0,
    name,
    type: "function",
    form: "promise",
    end: "complete",
    input,
  } as const;
  const version = versionOf(called);
  const isOther = nearest !== undefined && nearest.version !== version;
  return missError(timeline, reason, {
    what: "call",
    noun: "call",
    none: nearest === undefined ? `call of ${name}` : "such call",
    live: shownCall(timeline.host.redactor.redactEntry<RecordedCall>(call)),
    nearest: nearest && { entry: nearest, ...shownCall(nearest) },
    note: isOther ? `, of version ${nearest.version ?? "none"} and not ${version ?? "none"}` : "",
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
  const shown = ({ method: name, params: input }: RecordedMcp): Shown => shownCall({ name, input });
  return missError(timeline, reason, {
    what: `MCP ${message.type}`,
    noun: "message",
    none: "such message",
    live: shown(timeline.host.redactor.redactEntry(entry)),
    nearest: nearest && { entry: nearest, ...shown(nearest) },
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
  const message = `The ${kind} "${name}" is ${often} in ${timeline.host.tape.shownFile}.\nIf it is intended, record it: ${timeline.recordCommand}`;
  timeline.miss(kind, new CassetteCallMissError(message, reason), true);
}

/** An entry as a message shows it, and what of it is compared. */
interface Shown {
  readonly line: string;
  readonly compared: unknown;
}

function shownCall(call: Pick<RecordedCall, "name" | "input">): Shown {
  return { line: describeCall(call), compared: call.input };
}

interface Missed {
  readonly what: string;
  readonly noun: string;
  /** What the cassette has none of. */
  readonly none: string;
  /** Without secrets. */
  readonly live: Shown;
  readonly nearest: (Shown & { readonly entry: TapeEntry }) | undefined;
  /** What else to say of the nearest one. */
  readonly note?: string;
}

/** Returns the error for something without a recording: why, and how the nearest recording differs. */
export function missError(
  { host, entries, recordCommand }: Timeline,
  reason: MissReason,
  { what, noun, none, live, nearest, note = "" }: Missed,
): CassetteCallMissError {
  const { shownFile } = host.tape;
  const why =
    reason === "no-tape"
      ? `there is no cassette ${shownFile}`
      : reason === "used-up"
        ? `every recording of this ${noun} in ${shownFile} has already been played`
        : `${shownFile} has no ${none}`;
  const compared = reason === "used-up" ? undefined : nearest;
  const lines = [
    `Failed to play the ${what} ${live.line}: ${why}.`,
    compared && `The nearest recording is ${entries.indexOf(compared.entry) + 1}, ${compared.line}${note}.`,
    `If the ${noun} is intended, record it: ${recordCommand}`,
  ];
  const diff = compared && { actual: live.compared, expected: compared.compared };
  return new CassetteCallMissError(lines.filter(Boolean).join("\n"), reason, diff);
}
