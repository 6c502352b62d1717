import { isObject } from "../../../cassette/is-object.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { unreadable } from "./decodable.ts";
import { contentOf, isMarkedStream } from "./event-content.ts";
import { answersOf } from "./numbering.ts";
import { findTandemRuns, groupsOf } from "./tandem-runs.ts";

/** Events that are there once more. */
export interface Duplicate {
  /** The events that were there first. */
  readonly first: readonly TraceEvent[];
  /** Those that repeat them. */
  readonly again: readonly TraceEvent[];
  /** What gives them away, as it reads after "events 5 to 7 repeat events 2 to 4". */
  readonly how: string;
}

/**
 * The duplicates of a stream. Equal pieces in a row are no fault by themselves: a model may say "ha ha ha". An
 * event is a duplicate where
 *
 * 1. it bears the number or id of an earlier event: `sequence_number`, or an SSE `id` where ids tell events apart
 * 2. it is an earlier event byte for byte, in a stream that marks its events: each bears a clock, a counter or
 *    padding, so that no two of them are alike whatever they say
 * 3. it belongs to a run of events that comes again at once, byte for byte. The run has at least `minRun`
 *    different events, of which two side by side bear different words, or three anywhere do, or one is no content
 *    (the start of a block, say)
 * 4. it belongs to at least `minRun` different events in a row, of such words, that each come twice or more often
 * 5. it is the event before it, byte for byte, and is one that a model does not repeat: a text of at least `minRun`
 *    different words, an end marker, a finish reason, a named event without content that is no ping
 */
export function findDuplicates(trace: StreamTrace, minRun: number): readonly Duplicate[] {
  const numbered = repeatedNumbers(trace.events);
  if (numbered !== undefined) return numbered;
  const events = trace.events.filter((event) => !mayRepeat(event));
  const keys = intern(events);
  if (isMarkedStream(events)) {
    return inOrder([...repeatedAnywhere(events, keys), ...repeatedAtOnce(events, keys, minRun)]);
  }
  // What nobody can read may still be compared by its data, any of which may be content.
  const isRead = unreadable(trace) === undefined;
  const words = isRead ? contentOf : ({ data }: TraceEvent): string => data;
  const isFault = (run: readonly TraceEvent[]): boolean =>
    (isRead && run.some(isOnce)) || saysEnough(run.map(words));
  return inOrder([
    ...repeatedRuns(events, keys, minRun, isFault),
    ...doubledEvents(events, keys, minRun, isFault),
    ...(isRead ? repeatedAtOnce(events, keys, minRun) : []),
  ]);
}

/** In the order of the stream; what was told in another way is left out. */
function inOrder(found: readonly Duplicate[]): readonly Duplicate[] {
  const told = new Set<TraceEvent>();
  const fresh = found.filter(({ again }) => {
    const isNew = again.some((event) => !told.has(event));
    for (const event of again) told.add(event);
    return isNew;
  });
  return fresh.sort((a, b) => (a.again[0]?.index ?? 0) - (b.again[0]?.index ?? 0));
}

/** Repetitions by the provider's own numbers; `undefined` where not all events bear one. */
function repeatedNumbers(events: readonly TraceEvent[]): readonly Duplicate[] | undefined {
  const ids = events.flatMap(({ id }) => (id === undefined || id === "" ? [] : [id]));
  const different = new Set(ids).size;
  // An id that many events share is that of the answer, or of a part of it.
  const idsTell = different > 1 && different * 2 >= ids.length;
  const seen = new Map<string, TraceEvent>();
  const pairs: Pair[] = [];
  const answers = answersOf(events);
  let unmarked = 0;
  for (const [index, event] of events.entries()) {
    const number = numberOf(event);
    const mark = number ?? (idsTell && event.id ? event.id : undefined);
    if (mark === undefined) {
      unmarked++;
      continue;
    }
    const key = number === undefined ? `id ${mark}` : `${answers[index]} ${mark}`;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, event);
    else
      pairs.push({
        before,
        event,
        how: number === undefined ? "with the same id" : "with the same sequence_number",
      });
  }
  return pairs.length > 0 || unmarked === 0 ? inRuns(pairs) : undefined;
}

function numberOf({ payload }: TraceEvent): number | undefined {
  return isObject(payload) && typeof payload.sequence_number === "number"
    ? payload.sequence_number
    : undefined;
}

function repeatedAnywhere(events: readonly TraceEvent[], keys: readonly number[]): readonly Duplicate[] {
  const seen = new Map<number, TraceEvent>();
  const pairs: Pair[] = [];
  for (const [index, event] of events.entries()) {
    const key = keys[index]!;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, event);
    else if (event.hasContent)
      pairs.push({ before, event, how: "byte for byte, where no two others are alike" });
  }
  return inRuns(pairs);
}

function repeatedRuns(
  events: readonly TraceEvent[],
  keys: readonly number[],
  minRun: number,
  isFault: (run: readonly TraceEvent[]) => boolean,
): readonly Duplicate[] {
  return findTandemRuns(keys, minRun).flatMap(({ from, length, repeats }) => {
    const first = events.slice(from, from + length);
    const different = new Set(keys.slice(from, from + length)).size;
    if (different < minRun || !isFault(first)) return [];
    return [
      { first, again: events.slice(from + length, from + length * (repeats + 1)), how: "byte for byte" },
    ];
  });
}

function doubledEvents(
  events: readonly TraceEvent[],
  keys: readonly number[],
  minRun: number,
  isFault: (run: readonly TraceEvent[]) => boolean,
): readonly Duplicate[] {
  const found: Duplicate[] = [];
  let from = 0;
  const groups = groupsOf(keys);
  for (let index = 0; index <= groups.length; index++) {
    if ((groups[index]?.length ?? 0) > 1) continue;
    const row = groups.slice(from, index);
    from = index + 1;
    const first = row.map((group) => events[group.from]!);
    if (new Set(row.map((group) => keys[group.from])).size < minRun || !isFault(first)) continue;
    const again = row.flatMap((group) => events.slice(group.from + 1, group.from + group.length));
    found.push({ first, again, how: "one by one, byte for byte" });
  }
  return found;
}

function repeatedAtOnce(
  events: readonly TraceEvent[],
  keys: readonly number[],
  fewestWords: number,
): readonly Duplicate[] {
  return groupsOf(keys).flatMap(({ from, length }) => {
    const event = events[from];
    if (length < 2 || event === undefined) return [];
    if (!isOnce(event) && differentWords(event) < fewestWords) return [];
    return [{ first: [event], again: events.slice(from + 1, from + length), how: "byte for byte" }];
  });
}

/** Of what an event says. Arguments do not count: a model may well call a tool twice. */
function differentWords({ decoded }: TraceEvent): number {
  const said = decoded.map((each) => ("text" in each ? each.text : "")).join("");
  return new Set(said.toLowerCase().match(/\p{L}+/gu)).size;
}

/**
 * Whether a run is more than a model repeats by itself: "0, 0, 0", "ha, ha, ha", "left, right, left, right". A run
 * says enough where it has three different words, or two that stand side by side.
 */
function saysEnough(run: readonly string[]): boolean {
  const words = run.map(wordIn);
  const different = new Set(words.filter((word) => word !== undefined));
  return different.size > 2 || words.some((word, index) => isOther(word, words[index + 1]));
}

function wordIn(text: string): string | undefined {
  return /\p{L}/u.test(text) ? text.trim().toLowerCase() : undefined;
}

function isOther(word: string | undefined, next: string | undefined): boolean {
  return word !== undefined && next !== undefined && word !== next;
}

/** Whether an event is one that nobody sends twice in a row: it ends the answer, or begins or ends a part of it. */
function isOnce(event: TraceEvent): boolean {
  if (event.decoded.some(({ kind }) => kind === "finish" || kind === "terminated")) return true;
  if (event.hasContent) return false;
  if (event.event !== undefined && event.event !== "message" && event.event !== "") return true;
  return (
    isObject(event.payload) &&
    (typeof event.payload.type === "string" || typeof event.payload.event_type === "string")
  );
}

/** Pings, and what tells of progress, are sent again and again. */
function mayRepeat(event: TraceEvent): boolean {
  return !event.hasContent && /ping|keep-?alive|heartbeat|progress|^data-/i.test(event.type);
}

/** Numbers that are equal where events are, byte for byte. */
function intern(events: readonly TraceEvent[]): readonly number[] {
  const keys = new Map<string, number>();
  return events.map(({ event, id, data }) => {
    const text = `${event ?? ""}\n${id ?? ""}\n${data}`;
    const key = keys.get(text) ?? keys.size;
    keys.set(text, key);
    return key;
  });
}

interface Pair {
  readonly before: TraceEvent;
  readonly event: TraceEvent;
  readonly how: string;
}

/** Pairs that follow one another on both sides, told as one. */
function inRuns(pairs: readonly Pair[]): readonly Duplicate[] {
  const found: { first: TraceEvent[]; again: TraceEvent[]; how: string }[] = [];
  for (const { before, event, how } of pairs) {
    const last = found.at(-1);
    if (
      last?.how === how &&
      last.first.at(-1)?.index === before.index - 1 &&
      last.again.at(-1)?.index === event.index - 1
    ) {
      last.first.push(before);
      last.again.push(event);
    } else {
      found.push({ first: [before], again: [event], how });
    }
  }
  return found;
}
