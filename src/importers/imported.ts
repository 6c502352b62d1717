import type { Interaction } from "../cassette/model.ts";

/** The content of a file of another tool. */
export interface Imported {
  /** The tool, for people. */
  readonly from: string;
  readonly interactions: readonly Interaction[];
  /** Losses, and hints for the user. Each is one sentence. */
  readonly notes: readonly string[];
}

/** Reads the files of one tool. */
export interface Importer {
  readonly from: string;
  /** Whether a file, parsed as JSON or YAML, is one of this tool. */
  matches(content: unknown): boolean;
  read(content: unknown): Imported;
}
