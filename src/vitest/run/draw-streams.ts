/** Something that arrived at a time, and how much it is. */
export interface Arrival {
  /** Milliseconds since the request was sent. */
  readonly at: number;
  readonly amount: number;
}

/** A stream, as it is drawn. Times are in milliseconds since the request was sent. */
export interface DrawnStream {
  readonly label: string;
  readonly arrivals: readonly Arrival[];
  readonly firstToken?: number | undefined;
  readonly duration?: number | undefined;
}

const WIDTH = 480;
const ROW = 44;
const LABEL = 14;
const BARS = 22;
const BAR = 5;
/** More streams than these are only counted. */
const MAX_STREAMS = 24;

/**
 * Draws as SVG when the bytes of each stream arrived: a row of bars over its own duration, each as high as what arrived in
 * its span of time, with a line at the first token. Its colors can be read on light and dark.
 */
export function drawStreams(streams: readonly DrawnStream[]): string {
  const drawn = streams.slice(0, MAX_STREAMS);
  const left = streams.length - drawn.length;
  const height = drawn.length * ROW + (left > 0 ? LABEL + 4 : 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="11" fill="#787878">`,
    ...drawn.map((stream, index) => `<g transform="translate(0 ${index * ROW})">${drawStream(stream)}</g>`),
    ...(left > 0 ? [`<text x="0" y="${height - 5}">and ${left} more</text>`] : []),
    "</svg>",
  ].join("");
}

function drawStream({ label, arrivals, firstToken, duration }: DrawnStream): string {
  const text = `<text x="0" y="11">${escaped(label)}</text>`;
  if (duration === undefined) return text;
  const foot = LABEL + BARS + 2;
  const bars = heights(arrivals, duration).map((part, index) =>
    part === 0 ? "" : `M${index * BAR + BAR / 2} ${foot}v-${Math.max(1, Math.round(part * BARS))}`,
  );
  const token = firstToken === undefined ? [] : [((WIDTH - 1) * firstToken) / Math.max(duration, 1)];
  return [
    text,
    `<text x="${WIDTH}" y="11" text-anchor="end">${Math.round(duration)} ms</text>`,
    `<path d="M0 ${foot + 0.5}h${WIDTH}" stroke="#787878" stroke-opacity="0.5"/>`,
    `<path d="${bars.join("")}" stroke="#3b82f6" stroke-width="${BAR - 1}"/>`,
    ...token.map((at) => `<path d="M${at.toFixed(1)} ${foot + 1}V${LABEL}" stroke="#f97316"/>`),
  ].join("");
}

/** Returns how much arrived in each span of time, as parts of the most: from 0 to 1. */
function heights(arrivals: readonly Arrival[], duration: number): readonly number[] {
  const count = WIDTH / BAR;
  const sums = new Array<number>(count).fill(0);
  for (const { at, amount } of arrivals) {
    const place = duration === 0 ? 0 : Math.min(count - 1, Math.floor((at / duration) * count));
    sums[place] = (sums[place] ?? 0) + amount;
  }
  const most = Math.max(1, ...sums);
  return sums.map((sum) => sum / most);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes text for XML, and leaves out the control characters that XML does not allow. */
function escaped(text: string): string {
  return [...text]
    .filter((character) => character >= " ")
    .map((character) => ENTITIES[character] ?? character)
    .join("");
}
