import { alignTexts } from "../compare/align-texts.ts";

/** A piece of two texts: in both, or in one of them only. */
export interface Piece {
  readonly kind: "same" | "left" | "right";
  readonly text: string;
}

/** Words that are compared in detail. Beyond them, the rest is one difference. */
const MAX_WORDS = 3_000;

const KINDS = { " ": "same", "-": "left", "+": "right" } as const;

/** Compares two texts word by word. */
export function compareTexts(left: string, right: string): readonly Piece[] {
  const pieces: { kind: Piece["kind"]; text: string }[] = [];
  for (const { sign, text } of alignTexts(wordsOf(left), wordsOf(right), MAX_WORDS)) {
    const last = pieces.at(-1);
    if (last?.kind === KINDS[sign]) last.text += text;
    else pieces.push({ kind: KINDS[sign], text });
  }
  return pieces;
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\s+|\S+/g) ?? [];
}
