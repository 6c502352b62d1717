import { isContainer } from "../matching/container.ts";
import { isWhollyVolatile, type VolatileKind, volatileKinds } from "../matching/volatile.ts";
import type { Difference } from "./differences.ts";
import { type MissFacts, saidByMatcher } from "./miss.ts";

/** What to do about a miss, most fitting first, one paragraph each. */
export function nextSteps(facts: MissFacts): readonly string[] {
  const elsewhere = foundElsewhere(facts);
  switch (facts.reason) {
    case "no-tape":
      return [...elsewhere, `Record it${onYourMachine(facts)}:\n  ${facts.recordCommand}`];
    case "not-recorded":
      return [...elsewhere, record("If the code is meant to send this request", facts)];
    case "different":
      return [...elsewhere, ...drift(facts)];
    case "used-up":
      return [
        `If ${facts.recordings === 1 ? "the recording" : "the last recording"} may answer it again, set repeat: 'last'.`,
        record("If the code is meant to send it this often", facts),
      ];
    case "out-of-order":
      return [
        "If the order of requests does not matter here, leave out order: 'recorded'.",
        record("If the new order is meant", facts),
      ];
  }
}

function foundElsewhere({ foundIn = [], acceptCommand }: MissFacts): readonly string[] {
  if (acceptCommand !== undefined) {
    return [
      `What was recorded when the test last failed has this very request. To put it in place:\n  ${acceptCommand}`,
    ];
  }
  if (foundIn.length === 0) return [];
  const files = foundIn.length === 1 ? `${foundIn[0]} has` : `${foundIn.join(", ")} each have`;
  return [
    `${files} a recording of this very request: it may be that this test is meant to play that cassette, or was renamed.`,
  ];
}

function drift(facts: MissFacts): readonly string[] {
  if (saidByMatcher(facts)) {
    return [
      `By itself the request is equal to recording ${facts.nearest?.position}: if match.by is not meant to tell them apart, mend it or leave it out.`,
      record("If it is", facts),
    ];
  }
  const differences = facts.nearest?.differences ?? [];
  const byNature = differences
    .map((difference) => ({ difference, kinds: volatileKinds(difference.live, difference.recorded) }))
    .filter(({ kinds }) => kinds.length > 0);
  const others = differences.filter((each) => !byNature.some(({ difference }) => difference === each));
  const steps = byNature.slice(0, 3).map(({ difference, kinds }) => settle(difference, kinds));
  if (others.length > 0 || byNature.length === 0) {
    steps.push(record(`If ${changeOf(others)} is meant`, facts));
    steps.push(...leaveOutStep(others));
  }
  return steps;
}

function changeOf(differences: readonly Difference[]): string {
  const [first, second, ...more] = differences.map(({ path }) => path);
  if (first === undefined) return "the change";
  if (second === undefined) return `the change of ${first}`;
  return `the change of ${first}${more.length === 0 ? ` and ${second}` : ` and ${more.length + 1} more`}`;
}

/** One short value may be a counter, a seed or a nonce that no shape tells. What has words in it is a prompt. */
function leaveOutStep(differences: readonly Difference[]): readonly string[] {
  const [only, ...more] = differences;
  if (only === undefined || more.length > 0) return [];
  const path = ignorePath(only.path);
  const short = [only.live, only.recorded].every(
    (value) => /^\S{0,40}$/.test(String(value)) && !isContainer(value),
  );
  if (path === undefined || !short) return [];
  return [`If ${only.path} changes from run to run, leave it out with match: { ignore: ['${path}'] }.`];
}

/** Several kinds at once are settled by one option each. */
const FREEZES: Readonly<Record<VolatileKind, "time" | "uuid" | "random" | undefined>> = {
  UUID: "uuid",
  date: "time",
  time: "time",
  timestamp: "time",
  "temporary path": undefined,
  hash: undefined,
  "random id": "random",
};

/** A field that differs by nature will differ in the next run too: recording anew would not help. */
function settle({ path, live }: Difference, kinds: readonly VolatileKind[]): string {
  const whole = isWhollyVolatile(live);
  const ignore = ignorePath(path, whole);
  const freezes = [...new Set(kinds.map((kind) => FREEZES[kind]).filter((each) => each !== undefined))];
  const ways: string[] = [];
  if (freezes.length > 0) {
    const options = freezes.map((each) => `${each}: true`).join(", ");
    ways.push(`Have it the same in every run with freeze: { ${options} }, and record anew`);
  }
  if (ignore !== undefined) {
    const out = whole ? "leave it out" : "leave the whole of it out";
    ways.push(
      `${ways.length === 0 ? out.replace("leave", "Leave") : out} with match: { ignore: ['${ignore}'] }`,
    );
  }
  const list = kinds.length === 1 ? kinds[0] : `${kinds.slice(0, -1).join(", ")} and ${kinds.at(-1)}`;
  return `${path} differs only in what looks like a ${list}, which varies by nature. ${ways.join(", or ")}.`;
}

/** The path as `match.ignore` takes it; `undefined` for what cannot be left out. */
function ignorePath(path: string, everyElement = false): string | undefined {
  if (!/^(?:body|query|headers)\b/.test(path)) return undefined;
  const inBody = /^body\.(.+)$/.exec(path)?.[1];
  // body. is only needed where what follows would be read as another part.
  const short = inBody === undefined || /^(?:body|query|headers)(?![^.[])/.test(inBody) ? path : inBody;
  return everyElement ? short.replace(/\[\d+\]/g, "[*]") : short;
}

function record(condition: string, facts: MissFacts): string {
  return `${condition}, record anew${onYourMachine(facts)}:\n  ${facts.recordCommand}`;
}

function onYourMachine({ recordingRefused }: MissFacts): string {
  return recordingRefused ? " on your own machine, and commit the cassette" : "";
}
