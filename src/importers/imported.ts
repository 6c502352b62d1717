import type { Interaction } from "../cassette/model.ts";

/** What an importer found in a file of another tool. */
export interface Imported {
  /** The tool, for people. */
  readonly from: string;
  readonly interactions: readonly Interaction[];
  /** What could not be kept, or what to look at. Each is one sentence. */
  readonly notes: readonly string[];
}

/** Reads the files of one tool. */
export interface Importer {
  readonly from: string;
  /** Whether a file, parsed as JSON or YAML, is one of this tool. */
  matches(content: unknown): boolean;
  read(content: unknown): Imported;
}
