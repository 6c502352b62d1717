import { CassetteError } from "../cassette/errors.ts";

/** An unknown or invalid option or environment variable. Thrown by the function that got it. */
export class CassetteOptionsError extends CassetteError {
  override readonly name = "CassetteOptionsError";
  /** Who gave them: `useCassette()`, `the plugin`, `the environment`. */
  readonly givenBy: string;
  /** One sentence per problem, with what is valid. */
  readonly problems: readonly string[];

  constructor(givenBy: string, problems: readonly string[]) {
    const list =
      problems.length === 1 ? ` ${problems[0]}` : `\n${problems.map((each) => `- ${each}`).join("\n")}`;
    super("CASSETTE_OPTIONS", `Failed to read the options of ${givenBy}:${list}`);
    this.givenBy = givenBy;
    this.problems = problems;
  }
}
