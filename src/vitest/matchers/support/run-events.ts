import type { Happened } from "../../../calls/happened.ts";
import { fromTapeValue } from "../../../calls/tape-value.ts";
import type { Cassette } from "../../../session/cassette.ts";
import { runOf } from "../../../session/cassette-handle.ts";
import type { ToolCall } from "../../../streams/tool-calls.ts";
import type { SequenceEvent } from "./event-sequence.ts";
import { cut, value } from "./words.ts";

/** A call that the code under test made itself. */
export interface LocalCall {
  readonly name: string;
  readonly input: unknown;
}

/** Returns what the run of a cassette did of one kind, in order. */
export function happenedIn(cassette: Cassette, kind: Happened["kind"]): readonly Happened[] {
  return runOf(cassette)?.timeline.happened.filter((each) => each.kind === kind) ?? [];
}

/** Returns the calls that the code under test made itself, in order. */
export function localCalls(cassette: Cassette): readonly LocalCall[] {
  return happenedIn(cassette, "call").map(({ name, input }) => ({ name, input: fromTapeValue(input) }));
}

/** Returns the calls that the code under test made itself; if there are none, those that the model asked for. */
export function callsOf(cassette: Cassette): readonly LocalCall[] {
  const local = localCalls(cassette);
  if (local.length > 0) return local;
  return cassette.streams.flatMap(({ toolCalls }) =>
    toolCalls.map((call) => ({ name: call.name, input: inputOf(call) })),
  );
}

/** Returns events for a sequence to be matched with, named as what happened. */
export function sequenceEvents(happened: readonly (LocalCall | Happened)[]): readonly SequenceEvent[] {
  return happened.map(({ name, input }) => ({
    type: name,
    event: undefined,
    data: name,
    payload: { name, input },
  }));
}

/** Lists the names of what happened. */
export function inOrder(happened: readonly { readonly name: string }[]): string {
  return happened.map(({ name }) => cut(name)).join(", ") || "none";
}

/** Returns the input of a model's call; its text if the tool takes free text, or if the call was cut off. */
export function inputOf(call: ToolCall): unknown {
  return call.input === undefined ? call.arguments : call.input;
}

export function callInWords({ name, input }: LocalCall): string {
  return `${cut(name)} with ${value(input)}`;
}
