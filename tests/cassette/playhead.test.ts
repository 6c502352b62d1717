import fc from "fast-check";
import { expect, test } from "vitest";
import type { Interaction } from "../../src/cassette/model.ts";
import { Playhead } from "../../src/cassette/playhead.ts";
import { hold } from "../support/hold.ts";

const entry = (at: number): Interaction => ({
  kind: "request",
  at,
  request: { method: "POST", url: "https://api.example.com/", headers: [] },
  response: { status: 200, statusText: "OK", headers: [], chunks: [], end: "complete" },
});

const tape = (length: number): readonly Interaction[] => Array.from({ length }, (_, at) => entry(at));

test("equal requests are answered first in, first out", () => {
  const [a, b, c] = tape(3) as [Interaction, Interaction, Interaction];
  const playhead = new Playhead([a, b, c]);
  const equal = [a, c];
  const order = [];
  for (let next = playhead.next(equal); next !== undefined; next = playhead.next(equal)) {
    order.push(next);
    playhead.play(next);
  }
  expect(order).toEqual([a, c]);
  expect(playhead.unplayed()).toEqual([b]);
});

test("an entry played out of its group is skipped when the group is asked for", () => {
  const entries = tape(3);
  const playhead = new Playhead(entries);
  playhead.play(entries[1]!);
  expect(playhead.next(entries)).toBe(entries[0]);
  playhead.play(entries[0]!);
  expect(playhead.next(entries)).toBe(entries[2]);
});

test("an entry played twice counts twice and is left out of the unplayed ones", () => {
  const entries = tape(2);
  const playhead = new Playhead(entries);
  playhead.play(entries[0]!);
  playhead.play(entries[0]!);
  expect(playhead.played(entries[0]!)).toBe(2);
  expect(playhead.played(entries[1]!)).toBe(0);
  expect(playhead.unplayed()).toEqual([entries[1]]);
});

test("the turn of an entry is relative to the furthest one played", () => {
  const entries = tape(4);
  const playhead = new Playhead(entries);
  const turns = () => entries.map((each) => playhead.turn(each));
  expect(turns()).toEqual(["next", "ahead", "ahead", "ahead"]);
  playhead.play(entries[2]!);
  expect(turns()).toEqual(["behind", "behind", "behind", "next"]);
  playhead.play(entries[0]!);
  expect(turns()).toEqual(["behind", "behind", "behind", "next"]);
});

test("in recorded order an equal recording behind what was played is preferred to a skipped one", () => {
  const entries = tape(3);
  const playhead = new Playhead(entries);
  const equal = [entries[0]!, entries[2]!];
  playhead.play(entries[1]!);
  expect(playhead.next(equal, "recorded")).toBe(entries[2]);
  expect(playhead.next(equal, "any")).toBe(entries[0]);
  playhead.play(entries[2]!);
  expect(playhead.next(equal, "recorded")).toBe(entries[0]);
  playhead.play(entries[0]!);
  expect(playhead.next(equal, "recorded")).toBeUndefined();
});

test("a reset rewinds the tape", () => {
  const entries = tape(3);
  const playhead = new Playhead(entries);
  for (const each of entries) playhead.play(each);
  expect(playhead.next(entries)).toBeUndefined();
  playhead.reset();
  expect(playhead.next(entries)).toBe(entries[0]);
  expect(playhead.turn(entries[0]!)).toBe("next");
  expect(playhead.unplayed()).toEqual(entries);
});

test("what is not on the tape has no position", () => {
  const playhead = new Playhead(tape(1));
  expect(playhead.position(entry(0))).toBe(-1);
});

test("the next candidate is the first unplayed one, in any order of play", () => {
  hold(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(19), { maxLength: 60 }), (length, plays) => {
      const entries = tape(length);
      const playhead = new Playhead(entries);
      const seen = new Set<Interaction>();
      for (const play of plays) {
        const played = entries[play % length]!;
        playhead.play(played);
        seen.add(played);
        expect(playhead.next(entries)).toBe(entries.find((each) => !seen.has(each)));
        expect(playhead.unplayed()).toEqual(entries.filter((each) => !seen.has(each)));
      }
    }),
  );
});
