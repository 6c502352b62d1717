import type { HeaderLines, ResponseTiming } from "../cassette/model.ts";
import { eventFraming, eventLengths } from "../streams/event-lengths.ts";
import { MAX_MILLISECONDS } from "./limits.ts";
import type { TapeNode } from "./node.ts";
import type { NodeReader } from "./node-reader.ts";

/**
 * Cuts a body into its chunks: those that `cuts` lists, or its events if there are no cuts or they do not add up
 * to the body. The chunks share the memory of `bytes`.
 */
export function readChunks(
  reader: NodeReader,
  bytes: Uint8Array,
  headers: HeaderLines,
  { cuts, body }: { readonly cuts?: TapeNode; readonly body?: TapeNode },
): Uint8Array[] {
  return cutBytes(reader, bytes, () => eventLengths(bytes, eventFraming(headers)), { cuts, body });
}

/** Cuts bytes as `cuts` lists them, or else into pieces of these lengths. */
export function cutBytes(
  reader: NodeReader,
  bytes: Uint8Array,
  otherwise: () => readonly number[],
  { cuts, body }: { readonly cuts?: TapeNode | undefined; readonly body?: TapeNode | undefined },
): Uint8Array[] {
  const lengths = (cuts && cutLengths(reader, cuts, bytes.length)) ?? otherwise();
  if (body !== undefined) reader.addChunks(lengths.length, body);
  if (lengths.length === 1) return [bytes];
  let start = 0;
  return lengths.map((length) => {
    const chunk = bytes.subarray(start, start + length);
    start += length;
    return chunk;
  });
}

/** Reads the chunks of a body of `total` bytes in a file of its own: those that `cuts` lists, or one. */
export function storedLengths(
  reader: NodeReader,
  total: number,
  { cuts, bodyFile }: { readonly cuts?: TapeNode; readonly bodyFile: TapeNode },
): readonly number[] {
  const lengths = cuts === undefined ? [total] : cutLengths(reader, cuts, total);
  if (lengths === undefined) {
    throw reader.error(bodyFile, `the cuts do not add up to its ${total} bytes`);
  }
  reader.addChunks(lengths.length, bodyFile);
  return lengths;
}

function cutLengths(reader: NodeReader, node: TapeNode, total: number): readonly number[] | undefined {
  const max = Number.MAX_SAFE_INTEGER;
  const lengths = reader.numbers(node, "cuts", "the bytes of a chunk", 0, max, true);
  return lengths.reduce((sum, length) => sum + length, 0) === total ? lengths : undefined;
}

/**
 * Reads the times of a response. If there are more or fewer chunks than times, it spreads the times over the
 * chunks: the first and the last keep theirs, and the others keep their proportions.
 *
 * @throws TapeError if a time is before the one it follows.
 */
export function readTiming(
  reader: NodeReader,
  node: TapeNode | undefined,
  chunkCount: number,
): ResponseTiming | undefined {
  if (node === undefined) return undefined;
  const nodes = reader.nodes(node, "timing", ["headers", "chunks"]);
  const times = nodes.chunks === undefined ? [] : readTimes(reader, nodes.chunks);
  const [first = 0] = times;
  if (nodes.headers === undefined) return { headers: first, chunks: spread(times, chunkCount, first) };
  const headers = reader.number(
    nodes.headers,
    "the time of the headers in milliseconds",
    0,
    MAX_MILLISECONDS,
  );
  if (times.length > 0 && headers > first) {
    const why = `the time ${headers} of the headers is after the first chunk, ${first}`;
    throw reader.error(nodes.headers, why);
  }
  return { headers, chunks: spread(times, chunkCount, headers) };
}

function readTimes(reader: NodeReader, node: TapeNode): readonly number[] {
  const what = "the time of a chunk in milliseconds";
  const times = reader.numbers(node, "timing.chunks", what, 0, MAX_MILLISECONDS);
  const late = times.findIndex((time, index) => time < (times[index - 1] ?? 0));
  if (late === -1) return times;
  const why = `the time ${times[late]} is before the one of the chunk ahead of it, ${times[late - 1]}`;
  throw reader.error(reader.list(node, "timing.chunks").items[late] as TapeNode, why);
}

/** Returns as many times as there are chunks: the first and the last keep theirs, and the others their proportions. */
export function spread(times: readonly number[], count: number, headers: number): readonly number[] {
  if (times.length === count) return times;
  const last = times.at(-1) ?? headers;
  if (count === 1) return [last];
  const step = times.length <= 1 ? 0 : (times.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => {
    const place = index * step;
    const low = times[Math.floor(place)] ?? last;
    const high = times[Math.ceil(place)] ?? last;
    return Math.round((low + (high - low) * (place - Math.floor(place))) * 10) / 10;
  });
}
