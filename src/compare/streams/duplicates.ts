import { isObject } from "../../cassette/is-object.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import type { TraceEvent } from "../../streams/trace-event.ts";
import { undecoded } from "./known.ts";

/** The index of an event, and of one that repeats it. */
export interface Duplicate {
  readonly first: number;
  readonly again: number;
  /** How they are the same, as it reads after "event 5 repeats event 2". */
  readonly how: string;
}

/** Events that repeat those `distance` before them, as positions. */
export interface Run {
  readonly distance: number;
  readonly pairs: (readonly [first: number, again: number])[];
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
  if (numbered !== undefined) return numbered;
  const events = trace.events.filter((event) => !isKeepAlive(event));
  const contents = numbersOf(events.map(({ event, id, data }) => `${event ?? ""}\n${id ?? ""}\n${data}`));
  const isDecoded = undecoded(trace) === undefined;
  const isDuplicate = ({ pairs }: Run): boolean => {
    if (!isDecoded) return new Set(pairs.map(([first]) => contents[first])).size >= minRun;
    const repeated = pairs.map(([first]) => events[first] as TraceEvent);
    return repeated.some(isSentOnce) || differentWords(repeated.map(wordsOf).join("")) >= minRun;
  };
  const runs = repeatedRuns(contents).filter(isDuplicate);
  const pairs = [
    ...(areStamped(events) ? repeatedContents(events, contents) : []),
    ...runs.flatMap(({ pairs }) => pairs),
  ];
  return [...new Map(pairs.map(([first, again]) => [again, first]))]
    .sort(([one], [other]) => one - other)
    .map(([again, first]) => ({ first: indexOf(first), again: indexOf(again), how: "byte for byte" }));

  function indexOf(position: number): number {
    return events[position]?.index ?? position;
  }
}

/**
 * Tells which response each event belongs to. An application or a gateway may send several responses of the
 * Responses API in one stream, each numbered from 0. A response that is sent again has the same id.
 */
export function responsesOf(events: readonly TraceEvent[]): readonly (string | undefined)[] {
  let current: string | undefined;
  return events.map(({ type, payload }) => {
    if (type === "response.created" && isObject(payload) && isObject(payload.response)) {
      const { id } = payload.response;
      if (typeof id === "string" && id !== "") current = id;
    }
    return current;
  });
}

const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+/gu;

/** Counts the different words in a text, in upper or lower case. Each Chinese or Japanese character is a word. */
function differentWords(text: string): number {
  return new Set(text.toLowerCase().match(WORD)).size;
}

/** Finds where the `amount`th different word of a text begins. */
export function startOfWord(text: string, amount: number): number | undefined {
  const seen = new Set<string>();
  for (const match of text.toLowerCase().matchAll(WORD)) {
    if (seen.add(match[0]).size === amount) return match.index;
  }
  return undefined;
}

/** Finds repeated numbers and ids; `undefined` if only some events have them, and none is repeated. */
function repeatedNumbers(events: readonly TraceEvent[]): readonly Duplicate[] | undefined {
  const ids = events.flatMap(({ id }) => (id === undefined || id === "" ? [] : [id]));
  const different = new Set(ids).size;
  // An id that many events share belongs to the response, or to a part of it.
  const idsIdentify = different > 1 && different * 2 >= ids.length;
  const responses = responsesOf(events);
  const seen = new Map<string, number>();
  const duplicates: Duplicate[] = [];
  let unnumbered = 0;
  for (const [again, { id, payload }] of events.entries()) {
    const number = isObject(payload) ? payload.sequence_number : undefined;
    const field = typeof number === "number" ? "sequence_number" : idsIdentify && id ? "id" : undefined;
    const key = `${field} ${field === "id" ? id : `${responses[again]} ${number}`}`;
    const first = seen.get(key);
    if (field === undefined) unnumbered++;
    else if (first === undefined) seen.set(key, again);
    else duplicates.push({ first, again, how: `with the same ${field}` });
  }
  return duplicates.length > 0 || unnumbered === 0 ? duplicates : undefined;
}

/** Keep-alive and progress events may come as often as they like. */
function isKeepAlive(event: TraceEvent): boolean {
  return !event.hasContent && /ping|keep-?alive|heartbeat|progress|^data-/i.test(event.type);
}

/** Numbers texts: equal texts have an equal number. */
export function numbersOf(texts: readonly string[]): readonly number[] {
  const numbers = new Map<string, number>();
  return texts.map((text) => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  });
}

/** Finds runs that repeat the events right before them. */
export function repeatedRuns(contents: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  const last = new Map<number, number>();
  let start = 0;
  let distance = 0;
  for (let at = 0; at <= contents.length; at++) {
    const content = contents[at];
    if (distance === 0 || content === undefined || content !== contents[at - distance]) {
      // Equal events from `start` to here repeat those before `start` if they are at least as many.
      const length = distance === 0 ? 0 : Math.floor((at - start) / distance) * distance;
      const pairs = Array.from(
        { length },
        (_, offset) => [start - distance + (offset % distance), start + offset] as const,
      );
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
  const isDoubled = distance === 1 && before?.distance === 1 && before.pairs.at(-1)?.[1] === pair[0] - 1;
  if (before !== undefined && isDoubled) for (const each of pairs) before.pairs.push(each);
  else runs.push({ distance, pairs });
}

/** Finds content that came before, anywhere in the stream. */
function repeatedContents(events: readonly TraceEvent[], contents: readonly number[]): Run["pairs"] {
  const seen = new Map<number, number>();
  return events.flatMap(({ hasContent }, again) => {
    const key = contents[again] as number;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, again);
    return first === undefined || !hasContent ? [] : [[first, again] as const];
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
