import { fullCommandLine } from "../cassette/command-line.ts";
import type { RecordedProcess } from "../cassette/model.ts";
import type { Command } from "../interception/processes/command.ts";
import type { ResolvedOptions } from "../options/options.ts";
import type { ComparedProcess } from "./compared-process.ts";
import { PortablePaths } from "./portable-paths.ts";

type Rules = ResolvedOptions["processes"];

/** Which processes a cassette records, and what of each is compared. */
export class ProcessRules {
  readonly paths: PortablePaths;
  readonly #rules: Rules;

  constructor(rules: Rules, root: string) {
    this.#rules = rules;
    this.paths = pathsFrom(root);
  }

  takes(command: Command): boolean {
    return this.#rulesFor(command).length > 0;
  }

  /** Returns what of a process is written and compared, the same on every machine. */
  compared(command: Command): ComparedProcess {
    const { cwd, variable } = command;
    const names = [...new Set(this.#rulesFor(command).flatMap(({ env }) => env))];
    const env = names.flatMap((name) => {
      const value = variable(name);
      return value === undefined ? [] : [[name, this.paths.text(value)] as const];
    });
    const folder = this.paths.folder(cwd);
    return {
      ...this.#line(command),
      ...(folder === undefined ? {} : { cwd: folder }),
      ...(env.length === 0 ? {} : { env: Object.fromEntries(env) }),
    };
  }

  #line({ name, args, shell }: Command): Pick<RecordedProcess, "command" | "args" | "shell"> {
    if (shell !== undefined) return { command: name, shell: this.paths.text(shell) };
    return { command: name, args: args.map((arg) => this.paths.text(arg)) };
  }

  #rulesFor(command: Command): Rules {
    return this.#rules.filter(({ command: wanted }) => {
      if (typeof wanted === "string") return wanted === command.name;
      // A global or sticky regular expression remembers its last position.
      wanted.lastIndex = 0;
      return wanted.test(fullCommandLine(this.#line(command)));
    });
  }
}

const known = new Map<string, PortablePaths>();

function pathsFrom(root: string): PortablePaths {
  const paths = known.get(root) ?? new PortablePaths(root);
  known.set(root, paths);
  return paths;
}
