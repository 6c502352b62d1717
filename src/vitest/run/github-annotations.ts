import type { TestModule, Vitest } from "vitest/node";

/**
 * Prints an annotation for each of our errors that has no line of the user's code, such as recordings that were not
 * played. Vitest's reporter for GitHub Actions annotates only errors that have one.
 */
export function annotateErrors({ config, logger }: Vitest, modules: readonly TestModule[]): void {
  if (!config.reporters.some((each) => Array.isArray(each) && each[0] === "github-actions")) return;
  for (const module of modules) {
    for (const test of module.children.allTests("failed")) {
      for (const { name = "", message, stacks = [] } of test.result().errors ?? []) {
        if (!/^Cassette/.test(name) || stacks.length > 0) continue;
        const line = test.location === undefined ? "" : `,line=${test.location.line}`;
        const title = `${module.relativeModuleId} > ${test.fullName}`;
        logger.log(
          `\n::error file=${property(module.moduleId)}${line},title=${property(title)}::${escaped(`${name}: ${message}`)}`,
        );
      }
    }
  }
}

/** As GitHub's own toolkit does. */
function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
