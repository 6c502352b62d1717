/**
 * Fails on an import that breaks the layer rule of docs/architecture.md, on an import cycle, and on a
 * third-party package that is imported outside its one layer.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "@typescript/typescript6";

/** Imports point up this list, never down. Files directly under src/ are entries, below all of them. */
const LAYERS = [
  "cassette",
  "http",
  "streams",
  "providers",
  "matching",
  "diagnosis",
  "compare",
  "redaction",
  "options",
  "format",
  "storage",
  "interception",
  "replay",
  "freeze",
  "events",
  "page",
  "live",
  "calls",
  "processes",
  "session",
  "msw",
  "importers",
  "cli",
  "vitest",
];

/** Who may import a package. Whatever is not here may not be imported at all. */
const OWNERS: Readonly<Record<string, string>> = {
  yaml: "format",
  "@mswjs/interceptors": "interception",
  "eventsource-parser": "streams",
  vitest: "vitest",
  msw: "msw",
  ws: "live",
  "@opentelemetry/api": "events",
};

const source = resolve(import.meta.dirname, "../src");
const problems: string[] = [];
const graph = new Map<string, string[]>();

for (const entry of readdirSync(source, { recursive: true, encoding: "utf8" })) {
  if (entry.endsWith(".ts")) check(join(source, entry));
}
for (const file of graph.keys()) findCycle(file);

if (problems.length > 0) {
  console.error([...new Set(problems)].join("\n"));
  process.exit(1);
}
console.log(`layers: ${graph.size} modules, every import points up`);

function check(file: string): void {
  const shown = relative(source, file);
  const layer = layerOf(file);
  const targets: string[] = [];
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"));
  for (const { fileName } of importedFiles) {
    if (fileName.startsWith("node:")) continue;
    if (!fileName.startsWith(".")) {
      const owner = OWNERS[packageOf(fileName)];
      if (owner === undefined) problems.push(`${shown}: imports ${fileName}, which no layer owns`);
      else if (owner !== LAYERS[layer])
        problems.push(`${shown}: imports ${fileName}, which only ${owner}/ may`);
      continue;
    }
    const target = resolve(dirname(file), fileName);
    targets.push(target);
    if (layerOf(target) > layer)
      problems.push(`${shown}: imports ${relative(source, target)}, a lower layer`);
  }
  graph.set(file, targets);
}

function layerOf(file: string): number {
  const [folder, ...rest] = relative(source, file).split(/[\\/]/);
  if (rest.length === 0) return LAYERS.length;
  const layer = LAYERS.indexOf(folder as string);
  if (layer === -1) problems.push(`${relative(source, file)}: src/${folder} is no layer`);
  return layer;
}

function packageOf(name: string): string {
  return name.split("/", name.startsWith("@") ? 2 : 1).join("/");
}

function findCycle(start: string): void {
  const path: string[] = [];
  const seen = new Set<string>();
  const visit = (file: string): boolean => {
    path.push(file);
    for (const target of graph.get(file) ?? []) {
      if (target === start) return true;
      if (!seen.has(target)) {
        seen.add(target);
        if (visit(target)) return true;
      }
    }
    path.pop();
    return false;
  };
  if (visit(start)) {
    const names = path.map((file) => relative(source, file)).sort();
    problems.push(`import cycle: ${names.join(", ")}`);
  }
}
