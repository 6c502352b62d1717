import { CassetteError } from "../cassette/errors.ts";

/** Options or environment variables that cannot be read; thrown where they are given. */
export class CassetteOptionsError extends CassetteError {
  override readonly name = "CassetteOptionsError";
  /** Who gave them: `useCassette()`, `the plugin`, `the environment`. */
  readonly givenBy: string;
  /** One sentence for each problem, with what is valid. */
  readonly problems: readonly string[];

  constructor(givenBy: string, problems: readonly string[]) {
    const told =
      problems.length === 1 ? ` ${problems[0]}` : `\n${problems.map((each) => `- ${each}`).join("\n")}`;
    super("CASSETTE_OPTIONS", `Failed to read the options of ${givenBy}:${told}`);
    this.givenBy = givenBy;
    this.problems = problems;
  }
}
