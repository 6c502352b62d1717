import type { RecordedMcp, TapeValue } from "../cassette/model.ts";
import type { MissReason } from "../diagnosis/miss-facts.ts";
import { CassetteCallMissError } from "./call-errors.ts";
import { describeCall } from "./describe-call.ts";
import type { Timeline } from "./timeline.ts";

/** A message that the client sends now. */
export interface LiveMessage {
  readonly method: string;
  readonly type: RecordedMcp["type"];
  readonly params: TapeValue | undefined;
}

/** Describes a message that has no recording, and the recording nearest to it. */
export function mcpMissError(
  timeline: Timeline,
  live: LiveMessage,
  reason: MissReason,
  nearest: RecordedMcp | undefined,
): CassetteCallMissError {
  const { host, entries } = timeline;
  const { method, type, params } = host.redactor.redactEntry<RecordedMcp>({
    kind: "mcp",
    at: 0,
    from: "client",
    ...live,
  });
  const why =
    reason === "no-tape"
      ? `there is no cassette ${host.shownFile}`
      : reason === "used-up"
        ? `every recording of this message in ${host.shownFile} has already been played`
        : `${host.shownFile} has no such message`;
  const isShown = nearest !== undefined && reason !== "used-up";
  return new CassetteCallMissError(
    [
      `Failed to play the MCP ${type} ${describeCall({ name: method, input: params })}: ${why}.`,
      ...(isShown
        ? [
            `The nearest recording is ${entries.indexOf(nearest) + 1}, ${describeCall({ name: nearest.method, input: nearest.params })}.`,
          ]
        : []),
      `If the message is intended, record it: ${timeline.recordCommand}`,
    ].join("\n"),
    reason,
    isShown ? { actual: params, expected: nearest.params } : undefined,
  );
}
