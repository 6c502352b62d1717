import fc from "fast-check";
import { expect, test } from "vitest";
import type { Interaction } from "../../src/cassette/model.ts";
import { RecordingIndex } from "../../src/matching/recording-index.ts";
import { compileRules } from "../../src/matching/rules.ts";
import { RecordingQueue } from "../../src/replay/recording-queue.ts";
import { hold } from "../support/hold.ts";
import { CHAT_URL, interaction } from "./support.ts";

const rules = compileRules();

/** A tape with a recording for each letter: equal letters are equal requests. */
function tape(letters: string, tests?: string): readonly Interaction[] {
  return [...letters].map((letter, index) => {
    const test = tests?.[index];
    const recording = interaction(`${CHAT_URL}?${letter}`, {});
    return test === undefined || test === " " ? recording : { ...recording, test };
  });
}

function queueOf(recordings: readonly Interaction[], isOwn?: (recording: Interaction) => boolean) {
  const plays = new Map<Interaction, number>();
  const played = (recording: Interaction): number => plays.get(recording) ?? 0;
  const queue = new RecordingQueue(RecordingIndex.over(recordings, rules), {
    isOwn,
    plays: { played, play: (recording) => void plays.set(recording, played(recording) + 1) },
  });
  const match = (letter: string, order: "any" | "recorded" = "any") => {
    const { request } = interaction(`${CHAT_URL}?${letter}`, {});
    return queue.match(request, order, () => request);
  };
  const play = (letter: string, order?: "any" | "recorded") => {
    const { recording } = match(letter, order);
    if (recording !== undefined) queue.play(recording);
    return recording;
  };
  return { queue, match, play, played };
}

test("equal requests are answered first in, first out", () => {
  const recordings = tape("aba");
  const { queue, match, play } = queueOf(recordings);
  expect([play("a"), play("a")]).toEqual([recordings[0], recordings[2]]);
  expect(match("a")).toMatchObject({ state: "used-up", recording: recordings[2] });
  expect(match("c")).toMatchObject({ state: "none", recording: undefined });
  expect(queue.unplayed).toEqual([recordings[1]]);
});

test("of equal requests, one with the very same bytes is played first, unless it is not its turn", () => {
  const recordings = [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ].map((body) => interaction(CHAT_URL, {}, body));
  const [first, second] = recordings;
  const { queue } = queueOf(recordings);
  const match = (order: "any" | "recorded") => queue.match(second!.request, order, () => second!.request);
  expect(match("recorded")).toMatchObject({ state: "next", recording: first });
  expect(match("any")).toMatchObject({ state: "ahead", recording: second });
  queue.play(second!);
  expect(match("any")).toMatchObject({ state: "behind", recording: first });
  queue.play(first!);
  expect(match("any")).toMatchObject({ state: "used-up", recording: second });
});

test("a recording that was played out of its group is skipped when the group is asked for", () => {
  const recordings = tape("aaa");
  const { queue, match } = queueOf(recordings);
  queue.play(recordings[1]!);
  expect(match("a").recording).toBe(recordings[0]);
  queue.play(recordings[0]!);
  expect(match("a").recording).toBe(recordings[2]);
});

test("a recording that was played twice counts twice", () => {
  const recordings = tape("ab");
  const { queue, played } = queueOf(recordings);
  queue.play(recordings[0]!);
  queue.play(recordings[0]!);
  expect([played(recordings[0]!), played(recordings[1]!)]).toEqual([2, 0]);
  expect(queue.unplayed).toEqual([recordings[1]]);
});

test("the state of a match follows from the furthest recording that was played", () => {
  const recordings = tape("abcd");
  const { match, play } = queueOf(recordings);
  const states = () => [..."abcd"].map((letter) => match(letter).state);
  expect(states()).toEqual(["next", "ahead", "ahead", "ahead"]);
  play("c");
  expect(states()).toEqual(["behind", "behind", "used-up", "next"]);
  play("a");
  expect(states()).toEqual(["used-up", "behind", "used-up", "next"]);
});

test("in recorded order a later equal recording is played before a skipped one", () => {
  const recordings = tape("aba");
  const { match, play } = queueOf(recordings);
  play("b");
  expect(match("a", "recorded").recording).toBe(recordings[2]);
  expect(match("a", "any").recording).toBe(recordings[0]);
  play("a", "recorded");
  expect(match("a", "recorded").recording).toBe(recordings[0]);
  play("a", "recorded");
  expect(match("a", "recorded").state).toBe("used-up");
});

test("a test plays its own recordings before equal ones of other tests, and has to play only its own", () => {
  const recordings = tape("aaab", "12 2");
  const { queue, play } = queueOf(recordings, ({ test }) => test === undefined || test === "2");
  expect([play("a"), play("a"), play("a")]).toEqual([recordings[1], recordings[2], recordings[0]]);
  expect(queue.unplayed).toEqual([recordings[3]]);
});

test("a recording was asked for if an equal one was played", () => {
  const recordings = tape("aab");
  const { queue, play } = queueOf(recordings);
  play("a");
  expect(recordings.map((each) => queue.wasAsked(each))).toEqual([true, true, false]);
});

test("whatever was played, the next recording is the first unplayed one", () => {
  hold(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(19), { maxLength: 60 }), (length, plays) => {
      const recordings = tape("a".repeat(length));
      const { queue, match } = queueOf(recordings);
      const seen = new Set<Interaction>();
      for (const each of plays) {
        const played = recordings[each % length]!;
        queue.play(played);
        seen.add(played);
        const first = recordings.find((recording) => !seen.has(recording));
        expect(match("a").recording).toBe(first ?? recordings.at(-1));
        expect(queue.unplayed).toEqual(recordings.filter((recording) => !seen.has(recording)));
      }
    }),
  );
});
