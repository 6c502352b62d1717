import { type PathStep, parseSteps } from "../matching/path.ts";
import { covers, type PathState, pathSet } from "../matching/path-set.ts";

/** The way to a value, from `request` or `response` on: `["response", "body", "choices", 0, "text"]`. */
export type ValuePath = readonly (string | number)[];

const SHAPE = /^\/(.+)\/([a-z]*)$/s;

/** The false positives that the user allows. */
export class AllowList {
  readonly #texts: readonly string[];
  readonly #shapes: readonly RegExp[];
  readonly #paths: readonly (readonly PathStep[])[];
  readonly #set: PathState;

  /**
   * @param entries each a pattern between slashes, a path (it begins with `request`, `response` or `**`), or a text
   * @throws SyntaxError for an invalid pattern or path
   */
  constructor(entries: readonly string[]) {
    const shapes = entries.filter((entry) => SHAPE.test(entry));
    const paths = entries.filter((entry) => /^(?:request|response|\*\*)(?:[.[]|$)/.test(entry));
    this.#shapes = shapes.map((entry) => {
      const [, source = "", flags = ""] = SHAPE.exec(entry) ?? [];
      // With these flags, a regular expression remembers its last position.
      return new RegExp(source, flags.replace(/[gy]/g, ""));
    });
    this.#paths = paths.map(parseSteps);
    this.#set = pathSet(this.#paths);
    this.#texts = entries.filter((entry) => !paths.includes(entry) && !shapes.includes(entry));
  }

  /** Whether paths are named at all: finding out where something is takes time. */
  get hasPaths(): boolean {
    return this.#paths.length > 0;
  }

  /** Whether what is at `start` in `text` is, or is a part of, a text that the user named. */
  hasText(text: string, start: number, end: number): boolean {
    const secret = text.slice(start, end);
    return this.#texts.some((allowed) => {
      for (let at = allowed.indexOf(secret); at !== -1; at = allowed.indexOf(secret, at + 1)) {
        if (text.startsWith(allowed, start - at)) return true;
      }
      return false;
    });
  }

  hasShape(secret: string): boolean {
    return this.#shapes.some((shape) => shape.test(secret));
  }

  /** Whether a value, or one that it is in, is named by its path. */
  hasPath(path: ValuePath): boolean {
    return covers(this.#set, path);
  }

  /**
   * The same for a secret in the text of a tape: `path` leads to the body, and `field` is the field in the body, of which
   * no more is known.
   */
  mayHavePath(path: ValuePath, field: string): boolean {
    if (this.hasPath(path)) return true;
    return this.#paths.some((steps) => {
      const last = steps.at(-1);
      if (last?.kind !== "field" || last.name !== field) return false;
      return (
        steps.slice(0, 2).every((step, index) => step.kind !== "field" || step.name === path[index]) ||
        steps[0]?.kind === "any-depth"
      );
    });
  }
}
