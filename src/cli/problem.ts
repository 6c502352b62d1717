import type { LocatedFinding } from "../redaction/gate.ts";

/** A problem that `check` found. Lines and columns count from 1. */
export type Problem =
  | {
      readonly kind: "broken";
      readonly file: string;
      readonly line: number | undefined;
      readonly column: number | undefined;
      readonly message: string;
    }
  | { readonly kind: "old-version"; readonly file: string; readonly version: number }
  /** The recording of a failed test, beside its cassette. */
  | { readonly kind: "failed-recording"; readonly file: string; readonly message: string }
  | { readonly kind: "left-over"; readonly file: string; readonly fixed: boolean }
  /** A body file to which no cassette refers. */
  | { readonly kind: "unused-body"; readonly file: string; readonly fixed: boolean }
  | {
      readonly kind: "secret";
      readonly file: string;
      readonly line: number;
      readonly column: number;
      /** As in its placeholder: `openai-key`. */
      readonly type: string;
      /** `interactions[0].request.body.api_key`; empty if it is outside of all fields. */
      readonly place: string;
      /** The encodings around it, from the outside in, if `check --fix` cannot replace it in them. */
      readonly encoding?: readonly string[] | undefined;
      readonly fixed: boolean;
    };

export function secretProblem(
  file: string,
  { type, line, column, path: place, encoding }: LocatedFinding,
  fixed: boolean,
): Problem {
  return { kind: "secret", file, type, line, column, place, encoding, fixed };
}

/** Whether something is left to do. Older versions stay readable, and a failed test reports itself. */
export function isOpen(problem: Problem): boolean {
  switch (problem.kind) {
    case "broken":
      return true;
    case "old-version":
    case "failed-recording":
      return false;
    case "left-over":
    case "unused-body":
    case "secret":
      return !problem.fixed;
  }
}
