import { eventLengths } from "../streams/event-lengths.ts";

const BRACE = "{".charCodeAt(0);

/**
 * Returns the lengths of the chunks of an output if the tape names none: its lines, if it looks like JSON in lines; else
 * all of it. A process that speaks in lines writes one at a time.
 */
export function outputLengths(bytes: Uint8Array): readonly number[] {
  return eventLengths(bytes, bytes[0] === BRACE ? "lines" : "whole");
}
