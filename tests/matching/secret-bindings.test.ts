import { expect, test } from "vitest";
import { STAND_IN_KEY } from "../../src/cassette/stand-in-key.ts";
import { RecordingIndex } from "../../src/matching/recording-index.ts";
import { compileRules } from "../../src/matching/rules.ts";
import { SecretBindings } from "../../src/matching/secret-bindings.ts";
import { recording, request } from "./support.ts";

const ask = (...secrets: string[]) => request({ secrets });

/** Plays requests, given by the placeholders in them, from a tape; for each the recording that answered it. */
function play(tape: readonly string[][], live: readonly string[][], key?: string) {
  const recordings = tape.map((secrets) => recording(ask(...secrets)));
  const index = new RecordingIndex(recordings, compileRules());
  const bindings = new SecretBindings(index);
  const played = new Set<unknown>();
  return live.map((secrets) => {
    const all = index.find(ask(...secrets));
    const given = bindings.secretsOf(key === undefined ? ask() : ask(key), all, () => ask(...secrets));
    const found = bindings.filter(all, given);
    const next = found.recordings.find((each) => !played.has(each)) ?? found.recordings.at(-1);
    if (next === undefined) return found.otherSecret?.paths;
    played.add(next);
    bindings.bind(given, next);
    return recordings.indexOf(next);
  });
}

const [A, B, C] = ["<redacted:a>", "<redacted:a-2>", "<redacted:key:3>"] as const;

test("another machine's keys match, whatever their placeholders are called", () => {
  expect(play([[A], [A], [B]], [["<redacted:other>"], ["<redacted:other>"], ["<redacted:else>"]])).toEqual([
    0, 1, 2,
  ]);
});

test("the same secret plays only the recordings of its own placeholder", () => {
  expect(play([[A], [B], [A]], [[A], [A], [B]])).toEqual([0, 2, 1]);
});

test("a second secret does not match a recording with one secret, nor one secret a recording with two", () => {
  expect(play([[A], [A]], [[A], [B]])).toEqual([0, ["body.secrets[0]"]]);
  expect(play([[A], [B]], [[A], [A]])).toEqual([0, 0]);
  expect(
    play(
      [
        [A, C],
        [B, C],
      ],
      [
        [A, C],
        [B, A],
      ],
    ),
  ).toEqual([0, ["body.secrets[1]"]]);
});

test("within one request, the same secret is the same placeholder", () => {
  expect(play([[A, A]], [[B, B]])).toEqual([0]);
  expect(play([[A, A]], [[A, B]])).toEqual([["body.secrets[1]"]]);
  expect(play([[A, B]], [[A, A]])).toEqual([["body.secrets[1]"]]);
});

test("stand-ins, and placeholders without a name, match any", () => {
  expect(play([[A], [B]], [[C], [C]], STAND_IN_KEY)).toEqual([0, 1]);
  expect(play([[A], [B]], [["<redacted>"], ["<redacted>"]])).toEqual([0, 1]);
});

test("a cleared binding can be bound again", () => {
  const index = new RecordingIndex([recording(ask(A)), recording(ask(B))], compileRules());
  const bindings = new SecretBindings(index);
  const secrets = index.liveSecrets(ask(C));
  bindings.bind(secrets, index.interactions[0]!);
  expect(bindings.filter(index.find(ask(C)), secrets).recordings).toEqual([index.interactions[0]]);
  bindings.clear();
  expect(bindings.filter(index.find(ask(C)), secrets).recordings).toHaveLength(2);
});
