import { NumberSequence } from "../freeze/number-sequence.ts";
import type { Chunks } from "../options/options.ts";
import type { Plan, Step } from "./replay-script.ts";

type ChunkStep = Extract<Step, { readonly kind: "chunk" }>;

/**
 * The longest piece of a seeded cut: short enough that cuts fall inside characters, between CR and LF, and
 * between the two line feeds of an event's end.
 */
const LONGEST_PIECE = 48;

/**
 * The same bytes in other reads. A piece comes when its last byte came. What came before a stall and what came
 * after it is never one piece.
 */
export function recut(plan: Plan, chunks: Chunks): Plan {
  if (chunks === "recorded") return plan;
  const next = pieceLengths(chunks);
  const steps: Step[] = [];
  let run: ChunkStep[] = [];
  for (const step of plan.steps) {
    if (step.kind === "chunk") {
      run.push(step);
      continue;
    }
    steps.push(...pieces(run, next), step);
    run = [];
  }
  return { steps: [...steps, ...pieces(run, next)], end: plan.end };
}

/** Gives the length of one piece after the other. */
function pieceLengths(chunks: Exclude<Chunks, "recorded">): () => number {
  if (chunks === "whole") return () => Number.POSITIVE_INFINITY;
  if (chunks === "bytes") return () => 1;
  if ("size" in chunks) return () => chunks.size;
  const sequence = new NumberSequence(chunks.seed);
  return () => 1 + sequence.below(LONGEST_PIECE);
}

function pieces(run: readonly ChunkStep[], next: () => number): ChunkStep[] {
  const bytes = Buffer.concat(run.map((step) => step.bytes));
  const cut: ChunkStep[] = [];
  let arrived = 0;
  let recorded = -1;
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(start + next(), bytes.length);
    while (arrived < end) {
      recorded++;
      arrived += (run[recorded] as ChunkStep).bytes.length;
    }
    cut.push({ kind: "chunk", bytes: bytes.subarray(start, end), at: run[recorded]?.at });
    start = end;
  }
  return cut;
}
