import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { compileRules, type MatchRules } from "../../matching/rules.ts";
import type { CommandContext } from "../command.ts";
import { projectsOf } from "../project-settings.ts";
import { type Tapes, tapesOf } from "../tapes.ts";
import { UsageError } from "../usage-error.ts";
import { diffCassettes, isDifferent } from "./cassette-diff.ts";
import { type ChangedCassette, changedCassettes } from "./changed-cassettes.ts";
import { jsonOf } from "./diff-json.ts";
import { markdownOf } from "./diff-markdown.ts";
import { printDiff } from "./print-diff.ts";

/** Compares two cassettes, or cassettes with git. */
export async function diff(context: CommandContext): Promise<0 | 1> {
  const { invocation, terminal } = context;
  const { flag, names } = invocation;
  if (flag("json") && flag("markdown")) throw new UsageError("Pass --json or --markdown, not both.");
  if (names.length === 2 && invocation.values("base").length > 0) {
    throw new UsageError("--base compares with git: pass at most one name with it.");
  }
  const tapes = await tapesOf(context);
  const versions = names.length === 2 ? [twoFiles(names, tapes)] : await fromGit(context, tapes);
  const diffs = versions.map((each, index) => {
    terminal.progress("Comparing cassettes", index, versions.length);
    return diffCassettes(each, rulesFor(each, tapes));
  });
  terminal.clearProgress();
  if (flag("json")) terminal.printJson(jsonOf(diffs));
  else if (flag("markdown")) terminal.print(markdownOf(diffs, terminal, flag("full")));
  else printDiff(diffs, terminal, flag("full"));
  const broken = diffs.some(({ status }) => status === "unreadable");
  return broken || (flag("exit-code") && diffs.some(isDifferent)) ? 1 : 0;
}

function twoFiles(names: readonly string[], tapes: Tapes): ChangedCassette {
  const [before, after] = names.map((name) => tapes.called(name));
  if (before === undefined || after === undefined) throw new UsageError("Pass two names.");
  return {
    paths: [before.path, after.path],
    before: tapes.read(before),
    after: tapes.read(after),
    areTwo: true,
  };
}

/** All cassettes that changed, or the one that is named. */
async function fromGit(context: CommandContext, tapes: Tapes): Promise<readonly ChangedCassette[]> {
  const changed = await changedCassettes(context, tapes);
  const [name] = context.invocation.names;
  if (name === undefined) return changed;
  const { directory } = context.terminal.surroundings;
  // It may have been deleted, so that only git knows it.
  const direct = [name, `${name}.yaml`].map((each) => resolve(realpathSync(directory), each));
  const gone = changed.find(({ paths }) => paths.some((path) => direct.includes(path)));
  if (gone !== undefined) return [gone];
  const { path } = tapes.called(name);
  const one = changed.find(({ paths }) => paths.includes(realpathSync(path)));
  if (one !== undefined) return [one];
  const same = tapes.read({ path, folder: resolve(path, "..") });
  return [{ paths: [path], before: same, after: same }];
}

/** Ignores the fields that the project of a cassette ignores. */
function rulesFor({ paths }: ChangedCassette, { projects }: Tapes): MatchRules {
  const own = projectsOf(paths.at(-1) ?? "", projects).map(({ match }) => match);
  return compileRules({
    match: {
      ignore: own.flatMap(({ ignore = [] }) => ignore),
      headers: own.flatMap(({ headers = [] }) => headers),
    },
  });
}
