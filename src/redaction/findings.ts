import { commonHead, commonTail } from "../matching/common-ends.ts";
import type { ValuePath } from "./allow-list.ts";
import type { Finding } from "./finder.ts";
import { schemeLength } from "./names.ts";
import type { Edit, NestedText, Place } from "./nested-text.ts";
import { type Placeholders, toLabel } from "./placeholder.ts";
import type { Rules } from "./rules.ts";
import { truncatedSecrets } from "./truncated-secrets.ts";

/** What an inspection looks for. */
export interface InspectionMode {
  /** Whether names of fields, headers and parameters say what is secret. */
  readonly names: boolean;
  /** Whether the text is only shown: then values of the environment in base64 are replaced too, which breaks that. */
  readonly isShown?: boolean;
  /** What to write for a placeholder; `undefined` leaves it. */
  readonly placeholder?: ((text: string) => string | undefined) | undefined;
  /** Rewrites every text, instead of looking for secrets. */
  readonly rewrite?: ((text: string) => string) | undefined;
}

/** A secret, and everywhere that its pieces are. */
interface PlacedFinding {
  readonly places: readonly Place[];
  readonly secret: string;
  readonly type: string;
  /** Whether the user may allow it by its path. */
  readonly isAllowable?: boolean;
  /** The text to write instead, if it is not the secret's own placeholder. */
  readonly replacement?: string | undefined;
  /** Whether its end is certain. Any other secret may turn out to be the beginning of a longer one. */
  readonly isWhole?: boolean;
}

type PlacesOf = (start: number, end: number) => readonly Place[];

/** The secrets that were found in one body, header or URL. */
export class Findings {
  readonly #placed: PlacedFinding[] = [];
  readonly #rules: Rules;
  readonly #mode: InspectionMode;
  readonly #path: ValuePath;

  /** `path`: what the text is, for `allow`: `["request", "body"]`. */
  constructor(rules: Rules, mode: InspectionMode, path: ValuePath) {
    this.#rules = rules;
    this.#mode = mode;
    this.#path = path;
  }

  /** Replaces them, but for those that the user allows. Returns whether there are any. */
  replace(placeholders: Placeholders): boolean {
    if (this.#placed.length === 0) return false;
    const { hasPaths } = this.#rules.allowed;
    const secrets = hasPaths ? this.#placed.filter((secret) => !this.#isAllowed(secret)) : this.#placed;
    replaceAll(secrets, placeholders);
    return true;
  }

  /** Adds what a search found. */
  found(text: string, finding: Finding, places: readonly Place[]): void {
    if (finding.by === "placeholder") {
      const placeholder = text.slice(finding.start, finding.end);
      this.#replace(placeholder, places, this.#mode.placeholder?.(placeholder) ?? placeholder);
    } else if (finding.by !== "encoded" || this.#mode.isShown) {
      const type = finding.by === "parameter" ? toLabel(finding.type) : finding.type;
      this.add(text, { ...finding, type }, places);
    }
  }

  /** Takes all of a text, or a part of it, as the value of something called `name`. */
  named(node: NestedText, name: string, start = 0, end = node.text.length): void {
    if (!this.#mode.names || start >= end) return;
    const from = start + schemeLength(node.text.slice(start, end));
    const finding: Finding = { start: from, end, type: toLabel(name), by: "parameter" };
    this.add(node.text, finding, [node.locate(from, end) ?? { node, start: from, end }]);
  }

  /** Finds secrets whose ends are missing. Only responses are cut. */
  truncated(text: string, placesOf: PlacesOf): void {
    if (!this.#mode.names || this.#mode.rewrite !== undefined) return;
    if (this.#path[0] !== "response" || this.#path[1] !== "body") return;
    for (const finding of truncatedSecrets(text, this.#rules.secrets)) {
      // What is whole has been found, and may have something behind it.
      const { start, end } = finding;
      const isWhole = this.#rules.finder.find(text.slice(start, end)).some((each) => each.start === 0);
      if (!isWhole) this.add(text, { ...finding, by: "shape" }, placesOf(start, end));
    }
  }

  /** Lets the user's function rewrite a text. Only what changed is written. */
  rewrite(before: string, placesOf: PlacesOf): void {
    const { rewrite } = this.#mode;
    if (rewrite === undefined || before === "") return;
    const after = rewrite(before);
    if (after === before) return;
    let tail = commonTail(before, after);
    const most = Math.min(before.length, after.length);
    let start = Math.min(commonHead(before, after), most - tail);
    // What is only inserted has no place of its own: it goes with the character before or after.
    if (start === before.length - tail) {
      if (start > 0) start--;
      else tail--;
    }
    const end = before.length - tail;
    this.#replace(before.slice(start, end), placesOf(start, end), after.slice(start, after.length - tail));
  }

  add(text: string, { start, end, type, by, value }: Finding, places: readonly Place[]): void {
    const secret = value ?? text.slice(start, end);
    const { allowed } = this.#rules;
    if (places.length === 0 || (by !== "value" && allowed.hasText(text, start, end))) return;
    const isAllowable = by !== "value" && by !== "shape";
    if (isAllowable && allowed.hasShape(secret)) return;
    const isWhole = by === "value" || by === "custom";
    this.#placed.push({ places, secret, type: this.#rules.typeOf(secret, type), isWhole, isAllowable });
  }

  #replace(secret: string, places: readonly Place[], replacement: string): void {
    if (places.length > 0) this.#placed.push({ places, secret, type: "", replacement });
  }

  #isAllowed({ isAllowable, places }: PlacedFinding): boolean {
    if (!isAllowable) return false;
    return places.every(({ node }) => this.#rules.allowed.hasPath([...this.#path, ...node.path]));
  }
}

/**
 * Replaces all of `secrets` in their texts. If two overlap, the longer gets the placeholder and what the other covers
 * besides is removed: nothing of either is left.
 */
function replaceAll(secrets: readonly PlacedFinding[], placeholders: Placeholders): void {
  const winners: { readonly secret: PlacedFinding; readonly edits: readonly Edit[] }[] = [];
  const rank = ({ replacement, secret }: PlacedFinding): number =>
    replacement === undefined ? secret.length : Number.MAX_SAFE_INTEGER;
  for (const secret of [...secrets].sort((a, b) => rank(b) - rank(a))) {
    const { places } = secret;
    const edits = places.flatMap(({ node, start, end }) => node.claim(start, end));
    const isFree = edits.length === places.length && lengthOf(edits) === lengthOf(places);
    if (isFree && edits.length > 0) winners.push({ secret, edits });
  }
  const wholes = wholesOf(winners.map(({ secret }) => secret));
  // Numbers follow the order in which secrets stand.
  const offsets = new Map(winners.map(({ secret }) => [secret, offsetOf(secret)]));
  winners.sort((a, b) => (offsets.get(a.secret) ?? 0) - (offsets.get(b.secret) ?? 0));
  for (const { secret, edits } of winners) {
    const { secret: text, type } = wholes.get(secret.secret) ?? secret;
    (edits[0] as Edit).text = secret.replacement ?? placeholders.of(text, type);
  }
}

function lengthOf(ranges: readonly { readonly start: number; readonly end: number }[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

function offsetOf({ places: [place] }: PlacedFinding): number {
  return place === undefined ? 0 : place.node.offset + place.start;
}

/** Less than this may be the beginning of two. */
const MIN_PART = 10;

/**
 * For secrets that are only the beginning of another one: that other one. Streams that repeat what was said so far hold
 * a key in all its lengths.
 */
function wholesOf(secrets: readonly PlacedFinding[]): ReadonlyMap<string, PlacedFinding> {
  const bySecret = new Map(
    secrets.filter(({ replacement }) => replacement === undefined).map((each) => [each.secret, each]),
  );
  const wholes = new Map<string, PlacedFinding>();
  let next: PlacedFinding | undefined;
  // In this order what begins with a text stands right behind it.
  for (const secret of [...bySecret.keys()].sort().reverse()) {
    const mayBePart = secret.length >= MIN_PART && bySecret.get(secret)?.isWhole !== true;
    const isPart = mayBePart && next?.secret.startsWith(secret);
    const whole = isPart ? wholes.get((next as PlacedFinding).secret) : bySecret.get(secret);
    if (whole !== undefined) wholes.set(secret, whole);
    next = bySecret.get(secret);
  }
  return wholes;
}
