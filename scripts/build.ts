/**
 * Builds dist/, without declarations: `tsup` makes those.
 *
 * Every test file of a user loads these modules again, and Node needs about as long to find a file as to compile 20 KB
 * of it. So what is loaded together is one file, and not a chunk for each set of entries that share it. It is not
 * minified: that made no difference that could be measured, and would make stack traces hard to read.
 */
import { chmodSync, copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type OutputAsset, type OutputChunk, rolldown } from "rolldown";
import { getBuiltins } from "./get-builtins.ts";
import { LOADER, loadLater, PART, STAND_IN } from "./load-later.ts";

const repository = join(import.meta.dirname, "..");
const source = join(repository, "src");

const entries = {
  index: "src/index.ts",
  plugin: "src/plugin.ts",
  matchers: "src/matchers.ts",
  core: "src/core.ts",
  "core-now": "src/core-now.ts",
  msw: "src/msw.ts",
  reporter: "src/reporter.ts",
  live: "src/live.ts",
  setup: "src/vitest/setup.ts",
  bin: "src/bin.ts",
};

/** What a test file does not need if it replays `fetch` and all goes well. */
export const parts = {
  assertions: /^vitest\/matchers\//,
  decoding: /^providers\/(?:decoders\/|decode-stream|sniff|trace-stream|observation|asked-of)/,
  redaction: /^redaction\/(?!placeholder|later-redactor|plain-name|options|env-files)/,
  sockets:
    /^interception\/(?:http2\/(?!http2-seam|older-sessions|watch-sessions|negotiable)|hub\/(?!hub\.)|socket-|own-|send-|system-error|agent-sockets|wire-head|write-body|http-connections|client-connections|decompress)/,
  processes: /^(?:processes\/|interception\/processes\/(?!signals))/,
  calls: /^calls\/(?!timeline|run|ancestry|parent|call-errors|happened)/,
  diagnosis: /^(?:diagnosis\/(?!miss-error|unplayed-error)|compare\/|session\/(?:entry-line|manifest))/,
  recording:
    /^(?:session\/(?:recorder|recorded-exchange|save-tape|stream-end|store-bodies|streamed-body|describe)|storage\/atomic-write|format\/(?:render-|renew|places|excerpt|scalar-text))/,
  otel: /^events\/otel\//,
  events:
    /^(?:events\/(?!bus|event\.|otel\/|outputs|pending-event|session-id)|session\/(?:sdk-telemetry|emitter|emit-event))/,
  bodies: /^storage\/(?:body-|unused-bodies)/,
  yaml: /^format\/(?:yaml-reader|read-other)/,
  faults: /^replay\/(?:inject-fault|event-offsets)/,
};

const { assertions: _, ...withoutVitest } = parts;
const loadNow = {
  "session/load-now.ts": Object.keys(withoutVitest),
  "vitest/load-now.ts": ["assertions"],
};

/** Modules that several parts import. */
const inSeveralParts = new Set<string>();

/** Modules under src/ and all that they import, without what an earlier group holds. */
const groups = [
  // What a file without a cassette loads, and the engine too. Does not import `vitest`.
  group(
    "shared",
    "cassette/[\\w-]+",
    "http/(?:platform-classes|real-clock)",
    "interception/(?:interceptor-class|is-in-vm-context|watch-traffic)",
    "options/(?:environment|resolve-options)",
    "session/(?:load-parts|scope|version|worker-state)",
    "vitest/(?:load-matchers|project-options|run/meta)",
    LOADER,
  ),
  group("interceptors", "interception/interceptors-now"),
  group("hooks", "vitest/(?:start-file|run/note-test)"),
  group(
    "engine",
    "calls/call-errors",
    "replay/chunkings",
    "session/(?:recorded|with-cassette)",
    "streams/(?:one-line|trace-of)",
    "vitest/matcher-argument-error",
    `${STAND_IN}session/emitter\\.ts`,
  ),
  // What several parts import.
  { name: "common", test: (id: string) => inSeveralParts.has(id) },
  ...Object.keys(parts).map((name) => ({ name, test: PART + name })),
  group("load-now", "session/load-now"),
  group("load-matchers-now", "vitest/load-now"),
];

function group(
  name: string,
  ...modules: readonly string[]
): { readonly name: string; readonly test: RegExp } {
  const alternatives = modules.map((each) => (each.startsWith("\0") ? each : `[\\\\/]src/${each}\\.ts`));
  return { name, test: new RegExp(`(?:${alternatives.join("|")})$`.replaceAll("/", "[\\\\/]")) };
}

/** Writes the modules of the package into `folder`. */
export async function buildModules(folder: string): Promise<void> {
  const bundle = await rolldown({
    cwd: repository,
    input: entries,
    platform: "node",
    external: /^(?:node:|[@a-z][^:]*$)/,
    transform: { target: "node22" },
    // Most of the time is spent in our plugins.
    checks: { bundlerTimings: false },
    plugins: [
      getBuiltins(source),
      loadLater({ source, parts, loadNow, apart: ["matchers.ts"] }, inSeveralParts),
      { name: "ascii", generateBundle: (_, bundle) => Object.values(bundle).forEach(toAscii) },
    ],
  });
  await bundle.write({
    dir: folder,
    format: "esm",
    chunkFileNames: "[name].js",
    comments: false,
    // A part is found by its name.
    minifyInternalExports: false,
    codeSplitting: {
      groups: groups.map((each, index) => ({ ...each, priority: groups.length - index })),
    },
  });
  await bundle.close();
  await buildPage(folder);
}

/** Node reads ASCII faster than other text, and V8 keeps it in half the memory. */
function toAscii(file: OutputAsset | OutputChunk): void {
  if (file.type !== "chunk") return;
  file.code = file.code.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
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
