/**
 * Builds dist/, without declarations: `tsup` makes those.
 *
 * Every test file of a user loads these modules again, and Node needs about as long to find a file as to compile 20 KB
 * of it. So what is loaded together is one file, and not a chunk for each set of entries that share it. It is not
 * minified: that made no difference that could be measured, and would make stack traces hard to read.
 */
import { chmodSync, copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const repository = join(import.meta.dirname, "..");

const entries = {
  index: "src/index.ts",
  plugin: "src/plugin.ts",
  matchers: "src/matchers.ts",
  core: "src/core.ts",
  msw: "src/msw.ts",
  reporter: "src/reporter.ts",
  live: "src/live.ts",
  setup: "src/vitest/setup.ts",
  bin: "src/bin.ts",
};

/** Modules under src/ and all that they import, without what an earlier group holds. */
const groups = [
  // Loading this one makes Node load its HTTP client.
  group("web-api", "http/web-api"),
  // What a file without a cassette loads, and the engine too. Does not import `vitest`.
  group(
    "shared",
    "cassette/[\\w-]+",
    "http/real-clock",
    "interception/(?:interceptor-class|is-in-vm-context|watch-traffic)",
    "options/(?:environment|resolve-options)",
    "session/(?:scope|version|worker-state)",
    "vitest/(?:project-options|run/meta)",
  ),
  group("interceptors", "interception/interceptors-now"),
  group("hooks", "vitest/start-file"),
  group(
    "engine",
    "diagnosis/record-command",
    "providers/(?:trace-stream|decode-stream)",
    "replay/chunkings",
    "session/with-cassette",
  ),
  group("assertions", "vitest/matchers/all-matchers"),
];

function group(
  name: string,
  ...modules: readonly string[]
): { readonly name: string; readonly test: RegExp } {
  return { name, test: new RegExp(`[\\\\/]src/(?:${modules.join("|")})\\.ts$`.replaceAll("/", "[\\\\/]")) };
}

/** Writes the modules of the package into `folder`. */
export async function buildModules(folder: string): Promise<void> {
  const bundle = await rolldown({
    cwd: repository,
    input: entries,
    platform: "node",
    external: /^(?:node:|[@a-z][^:]*$)/,
    transform: { target: "node22" },
  });
  await bundle.write({
    dir: folder,
    format: "esm",
    chunkFileNames: "[name].js",
    comments: false,
    codeSplitting: {
      groups: groups.map((each, index) => ({ ...each, priority: groups.length - index })),
    },
  });
  await bundle.close();
  await buildPage(folder);
}

/** Writes the script and the style of the HTML page next to the module that puts them into it. */
async function buildPage(folder: string): Promise<void> {
  const bundle = await rolldown({ cwd: repository, input: "src/page/main.ts", platform: "browser" });
  await bundle.write({ file: join(folder, "page-client.js"), format: "esm", minify: true, comments: false });
  await bundle.close();
  copyFileSync(join(repository, "src/page/page.css"), join(folder, "page.css"));
}

if (import.meta.main) {
  const dist = join(repository, "dist");
  rmSync(dist, { recursive: true, force: true });
  await buildModules(dist);
  chmodSync(join(dist, "bin.js"), 0o755);
}
