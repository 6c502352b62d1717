import { expect, test } from "vitest";
import { type Decision, decide, type MatchState, type Situation } from "../../src/options/decide.ts";
import type { Mode, Order, RecordChoice, Repeat } from "../../src/options/options.ts";

const RECORDS: readonly RecordChoice[] = ["off", "all", "new", "update"];
const MODES: readonly Mode[] = ["strict", "warn", "hybrid"];
const MATCHES: readonly MatchState[] = ["next", "ahead", "behind", "used-up", "none"];
const REPEATS: readonly Repeat[] = ["never", "last"];
const ORDERS: readonly Order[] = ["any", "recorded"];

/** Every state of a request: one with a recording has a candidate, and a missing tape has neither. */
const STATES: readonly Pick<Situation, "match" | "candidate" | "tape">[] = [
  ...MATCHES.map((match) => ({ match, candidate: true, tape: "present" as const })),
  { match: "none", candidate: false, tape: "present" },
  { match: "none", candidate: false, tape: "missing" },
];

const SITUATIONS: readonly Situation[] = RECORDS.flatMap((record) =>
  [false, true].flatMap((recordingRefused) =>
    MODES.flatMap((mode) =>
      STATES.flatMap((state) =>
        REPEATS.flatMap((repeat) =>
          ORDERS.map((order) => ({ record, recordingRefused, mode, ...state, repeat, order })),
        ),
      ),
    ),
  ),
);

function describeDecision(decision: Decision): string {
  switch (decision.kind) {
    case "play":
    case "repeat":
    case "refuse":
      return decision.kind;
    case "record":
      return `record (${decision.because})`;
    case "substitute":
    case "miss":
      return `${decision.kind} (${decision.reason})`;
  }
}

const STATE_NAMES = ["next", "ahead", "behind", "used up", "different", "not recorded", "no tape"] as const;

function row(situation: Omit<Situation, "match" | "candidate" | "tape">): readonly string[] {
  return STATES.map((state) => describeDecision(decide({ ...situation, ...state })));
}

// One row a combination of the rest, one column a state: the whole of the two tables in the design.
test.each<{
  given: Pick<Situation, "record" | "mode"> & { refused?: boolean; order?: Order; repeat?: Repeat };
  meets: readonly string[];
}>([
  // RECORD unset
  {
    given: { record: "off", mode: "strict" },
    meets: [
      "play",
      "play",
      "play",
      "miss (used-up)",
      "miss (different)",
      "miss (not-recorded)",
      "miss (no-tape)",
    ],
  },
  {
    given: { record: "off", mode: "strict", repeat: "last" },
    meets: ["play", "play", "play", "repeat", "miss (different)", "miss (not-recorded)", "miss (no-tape)"],
  },
  {
    given: { record: "off", mode: "strict", order: "recorded" },
    meets: [
      "play",
      "miss (out-of-order)",
      "miss (out-of-order)",
      "miss (used-up)",
      "miss (different)",
      "miss (not-recorded)",
      "miss (no-tape)",
    ],
  },
  {
    given: { record: "off", mode: "warn" },
    meets: [
      "play",
      "play",
      "play",
      "substitute (used-up)",
      "substitute (different)",
      "miss (not-recorded)",
      "miss (no-tape)",
    ],
  },
  {
    given: { record: "off", mode: "warn", repeat: "last" },
    meets: [
      "play",
      "play",
      "play",
      "repeat",
      "substitute (different)",
      "miss (not-recorded)",
      "miss (no-tape)",
    ],
  },
  {
    given: { record: "off", mode: "warn", order: "recorded" },
    meets: [
      "play",
      "substitute (out-of-order)",
      "substitute (out-of-order)",
      "substitute (used-up)",
      "substitute (different)",
      "miss (not-recorded)",
      "miss (no-tape)",
    ],
  },
  {
    given: { record: "off", mode: "hybrid" },
    meets: [
      "play",
      "play",
      "play",
      "record (hybrid)",
      "record (hybrid)",
      "record (hybrid)",
      "record (hybrid)",
    ],
  },
  {
    given: { record: "off", mode: "hybrid", repeat: "last" },
    meets: ["play", "play", "play", "repeat", "record (hybrid)", "record (hybrid)", "record (hybrid)"],
  },
  {
    given: { record: "off", mode: "hybrid", order: "recorded" },
    meets: [
      "play",
      "play",
      "miss (out-of-order)",
      "record (hybrid)",
      "record (hybrid)",
      "record (hybrid)",
      "record (hybrid)",
    ],
  },
  // In CI hybrid is as strict
  {
    given: { record: "off", mode: "hybrid", refused: true },
    meets: [
      "play",
      "play",
      "play",
      "miss (used-up)",
      "miss (different)",
      "miss (not-recorded)",
      "miss (no-tape)",
    ],
  },
  {
    given: { record: "off", mode: "hybrid", refused: true, order: "recorded" },
    meets: [
      "play",
      "miss (out-of-order)",
      "miss (out-of-order)",
      "miss (used-up)",
      "miss (different)",
      "miss (not-recorded)",
      "miss (no-tape)",
    ],
  },
  // RECORD=new, in each mode
  ...(["strict", "warn", "hybrid"] as const).map((mode) => ({
    given: { record: "new", mode } as const,
    meets: ["play", "play", "play", ...Array<string>(4).fill("record (new)")],
  })),
  {
    given: { record: "new", mode: "strict", order: "recorded" },
    meets: ["play", "play", "miss (out-of-order)", ...Array<string>(4).fill("record (new)")],
  },
  {
    given: { record: "new", mode: "warn", order: "recorded" },
    meets: ["play", "play", "substitute (out-of-order)", ...Array<string>(4).fill("record (new)")],
  },
  {
    given: { record: "new", mode: "strict", repeat: "last" },
    meets: ["play", "play", "play", "repeat", ...Array<string>(3).fill("record (new)")],
  },
  // RECORD=update, in each mode: out of order is another recording
  ...(["strict", "warn", "hybrid"] as const).flatMap((mode) => [
    {
      given: { record: "update", mode } as const,
      meets: ["play", "play", "play", ...Array<string>(4).fill("record (update)")],
    },
    {
      given: { record: "update", mode, order: "recorded" } as const,
      meets: ["play", "play", ...Array<string>(5).fill("record (update)")],
    },
  ]),
])("$given matches the tables", ({ given, meets }) => {
  const { record, mode, refused = false, order = "any", repeat = "never" } = given;
  const decisions = row({ record, mode, recordingRefused: refused, order, repeat });
  expect(Object.fromEntries(STATE_NAMES.map((name, i) => [name, decisions[i]]))).toEqual(
    Object.fromEntries(STATE_NAMES.map((name, i) => [name, meets[i]])),
  );
});

const where = (holds: (situation: Situation) => boolean) => SITUATIONS.filter(holds);

test("RECORD=1 records in every mode, even if a recording exists", () => {
  const all = where((s) => s.record === "all" && !s.recordingRefused);
  expect(new Set(all.map((s) => describeDecision(decide(s))))).toEqual(new Set(["record (all)"]));
});

test("RECORD=1 is refused for every request if recording is refused", () => {
  const refused = where((s) => s.record !== "off" && s.recordingRefused);
  expect(new Set(refused.map((s) => describeDecision(decide(s))))).toEqual(new Set(["refuse"]));
});

test("nothing is recorded if recording is refused", () => {
  expect(where((s) => s.recordingRefused && decide(s).kind === "record")).toEqual([]);
});

test("with RECORD unset nothing but hybrid mode reaches a provider", () => {
  const live = where((s) => s.record === "off" && decide(s).kind === "record");
  expect(new Set(live.map((s) => s.mode))).toEqual(new Set(["hybrid"]));
});

test("recording refused makes hybrid the same as strict, and changes nothing else", () => {
  for (const situation of where((s) => s.record === "off" && s.recordingRefused)) {
    const mode = situation.mode === "hybrid" ? "strict" : situation.mode;
    expect(decide(situation)).toEqual(decide({ ...situation, mode, recordingRefused: false }));
  }
});

test("only warn mode plays another recording in a request's place", () => {
  const substituted = where((s) => decide(s).kind === "substitute");
  expect(new Set(substituted.map((s) => s.mode))).toEqual(new Set(["warn"]));
  expect(substituted.every((s) => s.candidate)).toBe(true);
});

test("the next unplayed recording is played in every mode", () => {
  const next = where((s) => s.match === "next" && s.record !== "all" && !s.recordingRefused);
  expect(new Set(next.map((s) => decide(s).kind))).toEqual(new Set(["play"]));
});

test("the order of requests matters only if it is checked", () => {
  for (const situation of where((s) => s.order === "any" && (s.match === "ahead" || s.match === "behind"))) {
    expect(decide(situation)).toEqual(decide({ ...situation, match: "next" }));
  }
});
