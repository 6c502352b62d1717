import { isObject } from "../../../cassette/is-object.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { undecoded } from "./assert-streams.ts";
import { responsesOf } from "./numbering.ts";

/** Consecutive events that were delivered again. */
export interface Duplicate {
  /** Indexes of the events that came first. */
  readonly first: readonly number[];
  /** Indexes of the events that repeat them. */
  readonly again: readonly number[];
  /** How they are the same, as it reads after "events 5 to 7 repeat events 2 to 4". */
  readonly how: string;
}

/** Positions of an event and of one that repeats it. */
interface Pair {
  readonly first: number;
  readonly again: number;
  readonly how: string;
}

/** Events that repeat those `distance` before them. */
interface Run {
  readonly distance: number;
  readonly pairs: Pair[];
}

/**
 * Finds the duplicates of a stream, in time proportional to its length. An event is a duplicate if it has
 *
 * 1. the number or id of an earlier event: `sequence_number`, or an SSE `id` if the ids identify events
 * 2. the content of an earlier event, in a stream that stamps every event with a time, a counter or padding
 * 3. the content of the event right before it, or belongs to a run of events that does, if these events contain at
 *    least `minRun` different words, or one that is sent once, such as a finish reason or an end marker
 */
export function findDuplicates(trace: StreamTrace, minRun: number): readonly Duplicate[] {
  const numbered = repeatedNumbers(trace.events);
  if (numbered !== undefined) return joinPairs(numbered, trace.events);
  const events = trace.events.filter((event) => !isKeepAlive(event));
  const contents = contentKeys(events);
  const isDecoded = undecoded(trace) === undefined;
  const isDuplicate = (run: readonly number[]): boolean => {
    if (!isDecoded) return new Set(run.map((position) => contents[position])).size >= minRun;
    const repeated = run.map((position) => events[position] as TraceEvent);
    return repeated.some(isSentOnce) || differentWords(repeated.map(wordsOf).join("")) >= minRun;
  };
  const runs = repeatedRuns(contents).filter(({ pairs }) => isDuplicate(pairs.map(({ first }) => first)));
  const pairs = new Map(runs.flatMap((run) => run.pairs.map((pair) => [pair.again, pair])));
  if (areStamped(events)) for (const pair of repeatedContents(events, contents)) pairs.set(pair.again, pair);
  return joinPairs(
    [...pairs.values()].toSorted((a, b) => a.again - b.again),
    events,
  );
}

/** Counts the different words in a text, in upper or lower case. Each Chinese or Japanese character is a word. */
export function differentWords(text: string): number {
  const words = text
    .toLowerCase()
    .match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+/gu);
  return new Set(words).size;
}

/** Finds repeated numbers and ids; `undefined` if only some events have them, and none is repeated. */
function repeatedNumbers(events: readonly TraceEvent[]): readonly Pair[] | undefined {
  const ids = events.flatMap(({ id }) => (id === undefined || id === "" ? [] : [id]));
  const different = new Set(ids).size;
  // An id that many events share belongs to the response, or to a part of it.
  const idsIdentify = different > 1 && different * 2 >= ids.length;
  const seen = new Map<string, number>();
  const pairs: Pair[] = [];
  const responses = responsesOf(events);
  let unnumbered = 0;
  for (const [again, { id, payload }] of events.entries()) {
    const number = isObject(payload) ? payload.sequence_number : undefined;
    const isNumbered = typeof number === "number";
    if (!isNumbered && !(idsIdentify && id)) {
      unnumbered++;
      continue;
    }
    const key = isNumbered ? `${responses[again]} ${number}` : `id ${id}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, again);
    else pairs.push({ first, again, how: `with the same ${isNumbered ? "sequence_number" : "id"}` });
  }
  return pairs.length > 0 || unnumbered === 0 ? pairs : undefined;
}

/** Keep-alive and progress events may come as often as they like. */
function isKeepAlive(event: TraceEvent): boolean {
  return !event.hasContent && /ping|keep-?alive|heartbeat|progress|^data-/i.test(event.type);
}

/** Numbers the contents of events: equal content has an equal number. */
function contentKeys(events: readonly TraceEvent[]): readonly number[] {
  const keys = new Map<string, number>();
  return events.map(({ event, id, data }) => {
    const text = `${event ?? ""}\n${id ?? ""}\n${data}`;
    const key = keys.get(text) ?? keys.size;
    keys.set(text, key);
    return key;
  });
}

/** Finds runs that repeat the events right before them. */
function repeatedRuns(contents: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  const last = new Map<number, number>();
  let start = 0;
  let distance = 0;
  for (let at = 0; at <= contents.length; at++) {
    const content = contents[at];
    if (distance === 0 || content === undefined || content !== contents[at - distance]) {
      // Equal events from `start` to here repeat those before `start` if they are at least as many.
      const length = distance === 0 ? 0 : Math.floor((at - start) / distance) * distance;
      const pairs = Array.from({ length }, (_, offset): Pair => {
        const first = start - distance + (offset % distance);
        return { first, again: start + offset, how: "byte for byte" };
      });
      addRun(runs, { distance, pairs });
      // Compare with the last equal event from here on, and as far back as the events before both are equal too.
      const previous = content === undefined ? undefined : last.get(content);
      distance = previous === undefined ? 0 : at - previous;
      start = at;
      while (distance > 0 && start > distance && contents[start - 1] === contents[start - 1 - distance])
        start--;
    }
    if (content !== undefined) last.set(content, at);
  }
  return runs;
}

/** Adds a run. Events that each come twice are one run: `a a b b c c`. */
function addRun(runs: Run[], { distance, pairs }: Run): void {
  const [pair] = pairs;
  if (pair === undefined) return;
  const before = runs.at(-1);
  const isDoubled = distance === 1 && before?.distance === 1 && before.pairs.at(-1)?.again === pair.first - 1;
  if (before !== undefined && isDoubled) for (const each of pairs) before.pairs.push(each);
  else runs.push({ distance, pairs });
}

/** Finds content that came before, anywhere in the stream. */
function repeatedContents(events: readonly TraceEvent[], contents: readonly number[]): readonly Pair[] {
  const seen = new Map<number, number>();
  return events.flatMap((event, again) => {
    const key = contents[again] as number;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, again);
    if (first === undefined || !event.hasContent) return [];
    return [{ first, again, how: "byte for byte, in a stream that stamps every event" }];
  });
}

/** Times (Ollama), running token counts (Gemini, Perplexity) and random padding (OpenAI). */
const STAMP = /"(?:created_?at|timestamp|obfuscation|\w*tokens|\w*token_?count)":("[^"]*"|[\d.]+)/gi;

/** Tells whether every event with content has a stamp that no event with other content has. */
function areStamped(events: readonly TraceEvent[]): boolean {
  const contents = new Set(events.flatMap(({ hasContent, data }) => (hasContent ? [data] : [])));
  const stamps = new Set([...contents].map((data) => (data.match(STAMP) ?? []).join()));
  return contents.size > 1 && stamps.size === contents.size && !stamps.has("");
}

/** Tells whether an event ends the response, or begins or ends a part of it. */
function isSentOnce({ decoded, hasContent, event = "message", payload }: TraceEvent): boolean {
  if (decoded.some(({ kind }) => kind === "finish" || kind === "terminated")) return true;
  if (hasContent) return false;
  if (event !== "message" && event !== "") return true;
  return isObject(payload) && (typeof payload.type === "string" || typeof payload.event_type === "string");
}

/** Returns what an event says, without digits. A whole tool call says nothing: a model may call a tool twice. */
function wordsOf({ decoded }: TraceEvent): string {
  const pieces = decoded.map((each) => {
    if (each.kind === "toolCall") return each.name === undefined ? (each.arguments ?? "") : "";
    return "text" in each ? each.text : "";
  });
  return pieces.join("").replace(/\p{N}/gu, " ");
}

/** Joins pairs that read as one: runs of events, repetitions of one run, and events that each come twice. */
function joinPairs(pairs: readonly Pair[], events: readonly TraceEvent[]): readonly Duplicate[] {
  const joined: [Pair, ...Pair[]][] = [];
  for (const pair of pairs) {
    const run = joined.at(-1);
    if (run !== undefined && continues(run, pair)) run.push(pair);
    else joined.push([pair]);
  }
  const indexOf = (position: number): number => events[position]?.index ?? position;
  return joined.map((run) => ({
    first: [...new Set(run.map(({ first }) => indexOf(first)))],
    again: run.map(({ again }) => indexOf(again)),
    how: run[0].how,
  }));
}

function continues(run: readonly [Pair, ...Pair[]], { first, again, how }: Pair): boolean {
  const [start] = run;
  const last = run.at(-1) ?? start;
  if (how !== last.how) return false;
  if (again === last.again + 1) return first === last.first + 1 || first === start.first;
  return first === last.first + 2 && again === last.again + 2 && again === first + 1;
}
