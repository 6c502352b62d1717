import type { Edit, Place } from "./nested-text.ts";
import type { Placeholders } from "./placeholder.ts";

/** A secret, and everywhere that its pieces are. */
export interface PlacedSecret {
  readonly places: readonly Place[];
  readonly secret: string;
  readonly type: string;
  /** Whether the user may allow it by its path. */
  readonly isAllowable?: boolean;
  /** The text to write instead, if it is not the secret's own placeholder. */
  readonly replacement?: string | undefined;
  /** Whether it is known to end where it ends, though another secret may begin with it. */
  readonly isWhole?: boolean;
}

/**
 * Replaces all of `secrets` in their texts. If two overlap, the longer gets the placeholder and what the other covers
 * besides is removed: nothing of either is left.
 */
export function replaceSecrets(secrets: readonly PlacedSecret[], placeholders: Placeholders): void {
  const winners: { readonly secret: PlacedSecret; readonly edits: readonly Edit[] }[] = [];
  const rank = ({ replacement, secret }: PlacedSecret): number =>
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

function offsetOf({ places: [place] }: PlacedSecret): number {
  return place === undefined ? 0 : place.node.offset + place.start;
}

/** Less than this may be the beginning of two. */
const MIN_PART = 10;

/**
 * For secrets that are only the beginning of another one: that other one. Streams that repeat what was said so far hold
 * a key in all its lengths.
 */
function wholesOf(secrets: readonly PlacedSecret[]): ReadonlyMap<string, PlacedSecret> {
  const bySecret = new Map(
    secrets.filter(({ replacement }) => replacement === undefined).map((each) => [each.secret, each]),
  );
  const wholes = new Map<string, PlacedSecret>();
  let next: PlacedSecret | undefined;
  // In this order what begins with a text stands right behind it.
  for (const secret of [...bySecret.keys()].sort().reverse()) {
    const mayBePart = secret.length >= MIN_PART && bySecret.get(secret)?.isWhole !== true;
    const isPart = mayBePart && next?.secret.startsWith(secret);
    const whole = isPart ? wholes.get((next as PlacedSecret).secret) : bySecret.get(secret);
    if (whole !== undefined) wholes.set(secret, whole);
    next = bySecret.get(secret);
  }
  return wholes;
}
