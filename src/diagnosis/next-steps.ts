import { list } from "../cassette/list.ts";
import { isContainer } from "../matching/container.ts";
import { isPrompt } from "../providers/is-prompt.ts";
import type { Difference } from "./differences.ts";
import { type MissFacts, rejectedByMatcher } from "./miss-facts.ts";
import { isUpdate } from "./record-command.ts";
import { differsInNumbers, isWhollyVolatile, type VolatileKind, volatileKinds } from "./volatile.ts";

/** Says what to do about a miss, the most likely step first, one paragraph each. */
export function nextSteps(facts: MissFacts): readonly string[] {
  const elsewhere = foundElsewhere(facts);
  switch (facts.reason) {
    case "no-tape":
      return [...elsewhere, `Record it${onYourMachine(facts)}:\n  ${facts.recordCommand}`];
    case "not-recorded":
      return [...elsewhere, rerecord("If the code should send this request", facts)];
    case "different":
      return [...elsewhere, ...forDifferences(facts)];
    case "used-up":
      return [
        `If ${facts.nearest?.timesRecorded === 1 ? "the recording" : "the last recording"} may answer it again, set repeat: 'last'.`,
        rerecord("If the code should send it this often", facts),
      ];
    case "out-of-order":
      return [
        "If the order of requests does not matter, remove order: 'recorded'.",
        rerecord("If the new order is intended", facts),
      ];
  }
}

function foundElsewhere({ foundIn = [], acceptCommand }: MissFacts): readonly string[] {
  if (acceptCommand !== undefined) {
    return [`The last failed run recorded this request. To accept its recording:\n  ${acceptCommand}`];
  }
  if (foundIn.length === 0) return [];
  return [
    `${foundIn.join(", ")} ${foundIn.length === 1 ? "has" : "each have"} a recording of this request. ` +
      "Was the test renamed, or does it use the wrong cassette?",
  ];
}

function forDifferences(facts: MissFacts): readonly string[] {
  const { nearest } = facts;
  const differences = nearest?.differences ?? [];
  if (rejectedByMatcher(facts)) {
    return [
      `Without match.by, the request is equal to recording ${nearest?.position}. If match.by should accept it, fix or remove match.by.`,
      rerecord("If it should not", facts),
    ];
  }
  if (nearest?.otherSecret) {
    return [
      "A cassette has placeholders for secrets, and knows which of them are the same. " +
        `At ${list(differences.map(({ path }) => path))}, this request has another secret than earlier requests with the same placeholder.`,
      rerecord("If it should use another one here", facts),
    ];
  }
  const volatile = differences
    .map((difference) => ({ difference, kinds: volatileKinds(difference.live, difference.recorded) }))
    .filter(({ kinds }) => kinds.length > 0);
  const others = differences.filter((each) => !volatile.some(({ difference }) => difference === each));
  const steps = volatile.slice(0, 3).map(({ difference, kinds }) => stabilize(difference, kinds));
  if (others.length > 0 || volatile.length === 0) {
    steps.push(rerecord(`If ${changeOf(others)} is intended`, facts));
    steps.push(...ignoreStep(others));
  }
  return steps;
}

function changeOf(differences: readonly Difference[]): string {
  const paths = differences.map(({ path }) => path);
  return paths.length === 0 ? "the change" : `the change to ${list(paths, "and", paths.length > 2 ? 1 : 2)}`;
}

/** A single short value may be a counter, a seed or a nonce. A model is chosen, and a prompt decides the answer. */
function ignoreStep(differences: readonly Difference[]): readonly string[] {
  const [only, ...more] = differences;
  if (only === undefined || more.length > 0 || only.path === "body.model") return [];
  if (isPrompt(only.path)) {
    if (!differsInNumbers(only.live, only.recorded)) return [];
    return [`If a number in ${only.path} changes on every run, replace it with match.normalize.`];
  }
  const path = ignorePath(only.path);
  const short = [only.live, only.recorded].every(
    (value) => /^\S{0,40}$/.test(String(value)) && !isContainer(value),
  );
  if (path === undefined || !short) return [];
  return [`If ${only.path} changes on every run, ignore it with match: { ignore: ['${path}'] }.`];
}

/** The `freeze` option that makes a kind of value deterministic. */
const FREEZES: Readonly<Record<VolatileKind, "time" | "uuid" | "random" | undefined>> = {
  UUID: "uuid",
  date: "time",
  time: "time",
  timestamp: "time",
  "temporary path": undefined,
  hash: undefined,
  "random id": "random",
};

/** A volatile field will differ on the next run too: re-recording alone would not help. */
function stabilize({ path, live }: Difference, kinds: readonly VolatileKind[]): string {
  const whole = isWhollyVolatile(live);
  const ignore = ignorePath(path, whole);
  const freezes = [...new Set(kinds.map((kind) => FREEZES[kind]).filter((each) => each !== undefined))];
  const ways: string[] = [];
  if (freezes.length > 0) {
    const options = freezes.map((each) => `${each}: true`).join(", ");
    ways.push(`make it deterministic with freeze: { ${options} } and re-record the cassette`);
  }
  if (isPrompt(path)) {
    ways.push("replace it with match.normalize");
  } else if (ignore !== undefined) {
    ways.push(`ignore ${whole ? "it" : "the whole field"} with match: { ignore: ['${ignore}'] }`);
  }
  const advice = ways.join(", or ");
  return `${path} differs only in what looks like a ${list(kinds)}, which changes on every run. ${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`;
}

/** The path in the form that `match.ignore` takes; `undefined` if it cannot be ignored. */
function ignorePath(path: string, everyElement = false): string | undefined {
  if (!/^(?:body|query|headers)\b/.test(path)) return undefined;
  const inBody = /^body\.(.+)$/.exec(path)?.[1];
  // Without `body.`, these would name another part of the request.
  const short = inBody === undefined || /^(?:body|query|headers)(?![^.[])/.test(inBody) ? path : inBody;
  return everyElement ? short.replace(/\[\d+\]/g, "[*]") : short;
}

function rerecord(condition: string, facts: MissFacts): string {
  const record = isUpdate(facts.recordCommand) ? "update the cassette" : "re-record the cassette";
  return `${condition}, ${record}${onYourMachine(facts)}:\n  ${facts.recordCommand}`;
}

function onYourMachine({ recordingRefused }: MissFacts): string {
  return recordingRefused ? " on your own machine and commit it" : "";
}
