import { Buffer } from "node:buffer";
import { NumberSequence } from "../cassette/number-sequence.ts";
import type { Chunks } from "../options/options.ts";
import { eventOffsets } from "./event-offsets.ts";
import type { ChunkStep, ReplayScript, Step } from "./replay-script.ts";

/**
 * The longest piece of a seeded cut: short enough to cut inside characters, between CR and LF, and between the two
 * line feeds at the end of an event.
 */
const LONGEST_PIECE = 48;

/**
 * Cuts the same bytes into other reads. A piece arrives when its last byte arrived. Bytes from before and after a
 * stall never share a piece.
 */
export function rechunk(script: ReplayScript, chunks: Chunks, contentType: string | undefined): ReplayScript {
  if (chunks === "recorded") return script;
  const cuts = cutter(chunks, script, contentType);
  const steps: Step[] = [];
  let run: ChunkStep[] = [];
  let start = 0;
  const flush = (): void => {
    const cut = pieces(run, start, cuts);
    steps.push(...cut);
    start += lengthOf(cut);
    run = [];
  };
  for (const step of script.steps) {
    if (step.kind === "chunk") {
      run.push(step);
      continue;
    }
    flush();
    steps.push(step);
  }
  flush();
  return { steps, end: script.end };
}

/** Returns where the piece that begins at `offset` of the body ends. */
type Cutter = (offset: number) => number;

function cutter(
  chunks: Exclude<Chunks, "recorded">,
  { steps }: ReplayScript,
  contentType: string | undefined,
): Cutter {
  if (chunks === "whole") return () => Number.POSITIVE_INFINITY;
  if (chunks === "bytes") return (offset) => offset + 1;
  if (chunks === "events") {
    const body = steps.flatMap((step) => (step.kind === "chunk" ? [step.bytes] : []));
    const { ends } = eventOffsets(body, contentType);
    let next = 0;
    return (offset) => {
      while ((ends[next] ?? Number.POSITIVE_INFINITY) <= offset) next++;
      return ends[next] ?? Number.POSITIVE_INFINITY;
    };
  }
  if ("size" in chunks) return (offset) => offset + chunks.size;
  const sequence = new NumberSequence(chunks.seed);
  return (offset) => offset + 1 + sequence.below(LONGEST_PIECE);
}

/** Cuts a run of chunks that begins at offset `first` of the body. */
function pieces(run: readonly ChunkStep[], first: number, endOfPiece: Cutter): ChunkStep[] {
  const bytes = Buffer.concat(run.map((step) => step.bytes));
  const cut: ChunkStep[] = [];
  let arrived = 0;
  let recorded = -1;
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(endOfPiece(first + start) - first, bytes.length);
    while (arrived < end) {
      recorded++;
      arrived += (run[recorded] as ChunkStep).bytes.length;
    }
    cut.push({ kind: "chunk", bytes: bytes.subarray(start, end), at: run[recorded]?.at });
    start = end;
  }
  return cut;
}

function lengthOf(steps: readonly ChunkStep[]): number {
  return steps.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
