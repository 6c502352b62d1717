/** What in a text changes from run to run by its nature. */
export type VolatileKind = "UUID" | "date" | "time" | "timestamp" | "temporary path" | "hash" | "random id";

const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\\.?";
const WEEKDAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\\.?,?";
const CLOCK =
  "\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?(?:\\s?[AaPp]\\.?[Mm]\\b\\.?)?(?:\\s?(?:Z|UTC|GMT)\\b)?(?:[+-]\\d{2}:?\\d{2})?";

/** In the order in which they are looked for: what is surer comes first. */
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
  // What Math.random() gives.
  ["random id", /\b0\.\d{6,}\b/g],
  // Long, in one piece, and with letters and digits in it: no word of a language.
  ["random id", /\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{12}[\w-]*\b/g],
];

/**
 * What makes up the whole of the difference between two values, where all of it looks as if it changed
 * from run to run by its nature; none where anything else differs too.
 */
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

/** Whether a value is nothing but what changes from run to run, and not a longer text that holds it. */
export function isWhollyVolatile(value: unknown): boolean {
  if (!isScalar(value)) return false;
  const text = String(value).trim();
  return SHAPES.some(([, shape]) => text.replace(shape, "") === "" && text !== "");
}

function isScalar(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
