/** A kind of value that changes on every run. */
export type VolatileKind = "UUID" | "date" | "time" | "timestamp" | "temporary path" | "hash" | "random id";

const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\\.?";
const WEEKDAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\\.?,?";
const CLOCK =
  "\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?(?:\\s?[AaPp]\\.?[Mm]\\b\\.?)?(?:\\s?(?:Z|UTC|GMT)\\b)?(?:[+-]\\d{2}:?\\d{2})?";

/** In the order in which they are tried: the most certain first. */
const SHAPES: readonly (readonly [kind: VolatileKind, shape: RegExp])[] = [
  ["UUID", /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi],
  [
    "temporary path",
    /(?:\/private)?\/(?:tmp|var\/tmp|var\/folders)\/[^\s"'`)\]}>,;]+|[A-Za-z]:\\[^\s"']*\\Te?mp\\[^\s"']+/g,
  ],
  ["date", new RegExp(`\\b\\d{4}-\\d{2}-\\d{2}(?:[T ]${CLOCK})?`, "g")],
  ["date", new RegExp(`\\b(?:${WEEKDAY}\\s+)?${MONTH}\\s+\\d{1,2}(?:st|nd|rd|th)?(?:,?\\s+\\d{4})?\\b`, "g")],
  [
    "date",
    new RegExp(`\\b(?:${WEEKDAY}\\s+)?\\d{1,2}(?:st|nd|rd|th|\\.)?\\s+${MONTH}(?:,?\\s+\\d{4})?\\b`, "g"),
  ],
  ["date", /\b\d{1,4}[/.]\d{1,2}[/.]\d{1,4}\b/g],
  ["date", /\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b/g],
  ["time", new RegExp(`\\b${CLOCK}`, "g")],
  ["timestamp", /\b1\d{9}(?:\d{3})?(?:\.\d+)?\b/g],
  ["hash", /\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})\b/gi],
  // Math.random()
  ["random id", /\b0\.\d{6,}\b/g],
  // Too long for a word, and a mix of letters and digits.
  ["random id", /\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{12}[\w-]*\b/g],
];

/** Returns the kinds of values in which two texts differ, or none if anything else differs too. */
export function volatileKinds(live: unknown, recorded: unknown): readonly VolatileKind[] {
  if (!isScalar(live) || !isScalar(recorded)) return [];
  let a = String(live);
  let b = String(recorded);
  if (a === b) return [];
  const kinds = new Set<VolatileKind>();
  for (const [kind, shape] of SHAPES) {
    const foundInA = a.match(shape) ?? [];
    const foundInB = b.match(shape) ?? [];
    if (foundInA.length !== foundInB.length) continue;
    if (foundInA.some((each, index) => each !== foundInB[index])) kinds.add(kind);
    a = a.replace(shape, "\u0000");
    b = b.replace(shape, "\u0000");
    if (a === b) return [...kinds];
  }
  return [];
}

/** Tells whether two texts differ in their numbers alone. */
export function differsInNumbers(live: unknown, recorded: unknown): boolean {
  if (!isScalar(live) || !isScalar(recorded)) return false;
  const [a, b] = [live, recorded].map((value) => String(value).replace(/\d+(?:[.,]\d+)*/g, "0"));
  return live !== recorded && a === b;
}

/** Whether a value consists only of what changes on every run, rather than being a longer text that contains it. */
export function isWhollyVolatile(value: unknown): boolean {
  if (!isScalar(value)) return false;
  const text = String(value).trim();
  return SHAPES.some(([, shape]) => text.replace(shape, "") === "" && text !== "");
}

function isScalar(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
