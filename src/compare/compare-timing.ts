import type { TapeEntry } from "../cassette/model.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import type { TimingChange } from "./comparison.ts";

/** A time is notable if it is this many times as long as the other, and by at least `MIN_DIFFERENCE`. */
const NOTABLE_RATIO = 2;
/** Milliseconds. */
const MIN_DIFFERENCE = 100;

/** Compares the times that both entries have. */
export function compareTiming(before: TapeEntry, after: TapeEntry): readonly TimingChange[] {
  const earlier = timesOf(before);
  return timesOf(after).flatMap(([name, value]): TimingChange[] => {
    const old = earlier.find(([other]) => other === name)?.[1];
    if (old === undefined || value === undefined || old <= 0 || value <= 0) return [];
    const ratio = value / old;
    const isTime = name !== "tokens/s";
    const notable =
      Math.max(ratio, 1 / ratio) >= NOTABLE_RATIO && (!isTime || Math.abs(value - old) >= MIN_DIFFERENCE);
    // The rate follows from times that are noise in a short stream.
    return [
      { name, before: old, after: value, ratio: Math.round(ratio * 100) / 100, notable: notable && isTime },
    ];
  });
}

type Times = readonly (readonly [name: TimingChange["name"], value: number | undefined])[];

function timesOf(entry: TapeEntry): Times {
  if (entry.kind === "checkpoint") return [];
  if (entry.kind !== "request") return [["duration", entry.duration]];
  const { firstToken, firstChunk, duration, tokensPerSecond } = traceInteraction(entry).timing;
  const first = firstToken === undefined ? "first chunk" : "first token";
  return [
    [first, firstToken ?? firstChunk],
    ["duration", duration],
    ["tokens/s", tokensPerSecond === undefined ? undefined : Math.round(tokensPerSecond * 10) / 10],
  ];
}
