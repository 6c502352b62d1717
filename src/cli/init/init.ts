import { join, relative, sep } from "node:path";
import { count } from "../../cassette/count.ts";
import { process } from "../../cassette/node-process.ts";
import { recordCommand } from "../../diagnosis/record-command.ts";
import type { CommandContext } from "../command.ts";
import { textLines, wholeText } from "../diff/text-lines.ts";
import type { Terminal } from "../terminal.ts";
import { writeTextFile } from "../text-file.ts";
import { addPlugin } from "./add-plugin.ts";
import { firstTest } from "./first-test.ts";
import { withAttributes, withIgnored } from "./git-files.ts";
import { binaryOf, type Project, readProject, textOf } from "./project.ts";

const WIDTH = 110;

interface Edit {
  /** Relative to the project. */
  readonly file: string;
  readonly before: string | undefined;
  readonly after: string;
}

interface Plan {
  readonly edits: readonly Edit[];
  /** Steps for the user. */
  readonly toDo: string[];
}

/** Sets up cassettes in a project. Prints the changes before it writes them. */
export async function init(context: CommandContext): Promise<0 | 1> {
  const { invocation, terminal } = context;
  const { directory, ask } = terminal.surroundings;
  const project = readProject(directory);
  const { edits, toDo } = plan(project, await dirOf(project, context));
  for (const edit of edits) printEdit(edit, terminal);
  const isWritten = edits.length > 0 && (invocation.flag("yes") || (await agrees(edits.length, ask)));
  if (isWritten) {
    for (const { file, after } of edits) {
      writeTextFile(join(directory, file), after, "Grant write permission, and run init again.");
    }
    terminal.print(`${count(edits.length, "file")} written.`);
    if (edits.some(({ file }) => file === project.config))
      toDo.push(...(await checkConfig(project, context)));
  } else if (edits.length === 0) terminal.print("The files are set up.");
  else terminal.print("Nothing was written. To write: npx vitest-cassette init --yes");
  if (toDo.length > 0) terminal.print("", "Next:", ...toDo.flatMap((each) => each.split("\n").map(indented)));
  return 0;
}

/** The folder of cassettes: that of the plugin, if the config has one. */
async function dirOf({ config, folder }: Project, context: CommandContext): Promise<string> {
  const text = config === undefined ? undefined : textOf(join(folder, config));
  if (text === undefined || addPlugin(text).kind !== "there") return "cassettes";
  const [project] = await context.projects();
  const dir = relative(folder, project?.dir ?? join(folder, "cassettes"))
    .split(sep)
    .join("/");
  return dir.startsWith("..") ? "cassettes" : dir;
}

/** Loads the config that was edited: a mistake is better found now. */
async function checkConfig(
  { config, dependencies }: Project,
  { terminal }: CommandContext,
): Promise<readonly string[]> {
  const { readProjects, directory } = terminal.surroundings;
  if (readProjects === undefined || !dependencies.has("vitest-cassette")) return [];
  try {
    const projects = await readProjects(directory);
    return projects.length > 0 ? [] : [`- Check ${config}: Vitest does not see the plugin there.`];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [`- Check ${config}: Vitest cannot load it. ${why}`];
  }
}

function plan(project: Project, dir: string): Plan {
  const toDo: string[] = [];
  const edits: Edit[] = [];
  const { dependencies, packageManager, folder, gitRoot } = project;
  const missing = ["vitest", "vitest-cassette"].filter((name) => !dependencies.has(name));
  if (missing.length > 0) toDo.push(`- Install: ${INSTALL[packageManager]} ${missing.join(" ")}`);
  const config = configEdit(project);
  if (typeof config === "string") toDo.push(config);
  else if (config !== undefined) edits.push(config);
  if (!project.hasCassetteTest) {
    const { file, text, key } = firstTest(project);
    const before = textOf(join(folder, file));
    if (before === undefined) edits.push({ file, before, after: text });
    const { platform } = process;
    const variable = platform === "win32" ? `$env:${key}='...'; ` : `${key}=... `;
    toDo.push(`- Record it once: ${variable}${recordCommand([{ file }], { platform })}`);
  }
  if (gitRoot !== undefined) {
    for (const [file, change] of [
      [".gitattributes", withAttributes],
      [".gitignore", withIgnored],
    ] as const) {
      const before = textOf(join(folder, file));
      const after = change(before ?? "", dir);
      if (after !== (before ?? "")) edits.push({ file, before, after });
    }
    toDo.push(
      "- In each clone, to see the meaning of cassettes in git diff:\n" +
        `    git config diff.cassette.textconv "${binaryOf(project)} textconv"`,
    );
  }
  const way = gitRoot === undefined ? "" : relative(gitRoot, folder).split(sep).join("/");
  toDo.push(
    `- In CI, after your tests${way === "" ? "" : ` (in ${way})`}:\n    npx vitest-cassette check --secrets`,
  );
  return { edits, toDo };
}

const INSTALL = {
  npm: "npm install --save-dev",
  pnpm: "pnpm add --save-dev",
  yarn: "yarn add --dev",
  bun: "bun add --dev",
} as const;

/** The change of the config, or what to do by hand; `undefined` if nothing is to do. */
function configEdit({ config, folder, isModule, hasTypeScript }: Project): Edit | string | undefined {
  if (config === undefined) {
    const file = `vitest.config.${isModule ? "" : "m"}${hasTypeScript ? "ts" : "js"}`;
    return { file, before: undefined, after: NEW_CONFIG };
  }
  const before = textOf(join(folder, config)) ?? "";
  const added = addPlugin(before);
  if (added.kind === "by-hand") {
    return (
      `- Add the plugin to ${config}, which stays as it is (${added.why}):\n` +
      "    import { cassette } from 'vitest-cassette/plugin'\n" +
      "    plugins: [cassette()]"
    );
  }
  return added.text === before ? undefined : { file: config, before, after: added.text };
}

const NEW_CONFIG = `import { cassette } from 'vitest-cassette/plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [cassette()] })
`;

async function agrees(files: number, ask: Terminal["surroundings"]["ask"]): Promise<boolean> {
  if (ask === undefined) return false;
  const answer = await ask(`Write ${files === 1 ? "this file" : `these ${files} files`}? [y/N] `);
  return /^\s*y(?:es)?\s*$/i.test(answer);
}

function printEdit({ file, before, after }: Edit, terminal: Terminal): void {
  const what = before === undefined ? "new" : "changed";
  terminal.print(`${terminal.style("bold", file)}  ${what}`);
  const shown =
    before === undefined
      ? wholeText("+", after.trimEnd(), WIDTH)
      : textLines(before.trimEnd(), after.trimEnd(), WIDTH);
  terminal.print(...shown.map((line) => terminal.diffLine(line, "  ")), "");
}

function indented(line: string): string {
  return `  ${line}`;
}
