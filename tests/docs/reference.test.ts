import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "@typescript/typescript6";
import { expect, test } from "vitest";
import * as core from "../../src/core.ts";
import * as main from "../../src/index.ts";
import * as plugin from "../../src/plugin.ts";
import { readPage, repository } from "./pages.ts";

const page = readPage("docs/reference.md");

/** The text below a heading, up to the next heading. */
function section(heading: string): string {
  const start = page.search(new RegExp(`^#+ \`?${heading}\`?$`, "m"));
  expect(start, heading).toBeGreaterThan(-1);
  const [, ...rest] = page.slice(start).split("\n");
  const end = rest.findIndex((line) => line.startsWith("#"));
  return rest.slice(0, end === -1 ? undefined : end).join("\n");
}

/** The names in the first column of a section's table. */
function documented(heading: string): readonly string[] {
  return [...section(heading).matchAll(/^\| `(\w+)/gm)].map(([, name]) => name as string);
}

/** The public members that an interface or class declares, without those it inherits. */
function members(file: string, type: string): readonly string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(repository, "src", file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const declaration = source.statements.find(
    (node): node is ts.InterfaceDeclaration | ts.ClassDeclaration =>
      (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) && node.name?.text === type,
  );
  const names = (declaration?.members ?? []).flatMap((member) => {
    const isStatic =
      ts.canHaveModifiers(member) &&
      ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
    return member.name !== undefined && ts.isIdentifier(member.name) && !isStatic ? [member.name.text] : [];
  });
  expect(names.length, `${type} in src/${file}`).toBeGreaterThan(0);
  // What it takes over from a type of the same file.
  const parents = (declaration?.heritageClauses ?? []).flatMap(({ types }) =>
    types.map((each) => each.getText()),
  );
  const declared = parents.filter((name) => name === "EntryPlace");
  return [...names, ...declared.flatMap((name) => members(file, name))];
}

test.for([
  ["Options", "options/options.ts", "CassetteOptions"],
  ["Plugin only", "options/options.ts", "ProjectOptions"],
  ["match", "matching/match-options.ts", "MatchOptions"],
  ["redact", "redaction/options.ts", "RedactOptions"],
  ["freeze", "options/options.ts", "FreezeOptions"],
  ["fault", "options/options.ts", "Fault"],
  ["Cassette", "session/cassette.ts", "Cassette"],
  ["Calls", "calls/call-options.ts", "CallOptions"],
  ["CassetteStats", "session/stats.ts", "CassetteStats"],
  ["Interaction", "cassette/model.ts", "Interaction"],
  ["StreamTrace", "streams/stream-trace.ts", "StreamTrace"],
  ["StreamTiming", "streams/timing.ts", "StreamTiming"],
  ["TraceEvent", "streams/trace-event.ts", "TraceEvent"],
  ["TraceUsage", "streams/decoder.ts", "TraceUsage"],
  ["ToolCall", "streams/tool-calls.ts", "ToolCall"],
  ["CassetteReporterOptions", "vitest/run/cassette-reporter.ts", "CassetteReporterOptions"],
  ["CassetteRunReport", "vitest/run/run-report.ts", "CassetteRunReport"],
  ["CassetteTotals", "vitest/run/run-report.ts", "CassetteTotals"],
  ["CassetteReport", "vitest/run/run-report.ts", "CassetteReport"],
  ["CassetteTest", "vitest/run/run-report.ts", "CassetteTest"],
  ["CassetteCounts", "vitest/run/run-report.ts", "CassetteCounts"],
] as const)("the section %s names every member of its type, and no other", ([heading, file, type]) => {
  expect(documented(heading).toSorted()).toEqual(members(file, type).toSorted());
});

function sources(): readonly string[] {
  return readdirSync(join(repository, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(repository, "src", name), "utf8"));
}

test("the table of errors names every code in src, and no other", () => {
  const codes = new Set(
    sources().flatMap((source) => [...source.matchAll(/"(CASSETTE_[A-Z_]+)"/g)].map(([, code]) => code)),
  );
  expect(documented("Errors").toSorted()).toEqual([...codes].toSorted());
});

test("the table of environment variables names every one that src reads", () => {
  const read = new Set(
    sources().flatMap((source) =>
      [...source.matchAll(/\b(?:env|variables)\.([A-Z_]{2,})\b/g)].map(([, name]) => name as string),
    ),
  );
  // TERM describes the terminal. It is not an option of this package.
  read.delete("TERM");
  expect(documented("Environment variables")).toEqual(expect.arrayContaining([...read]));
});

test("the pages name everything that the entries export", () => {
  const pages = page + readPage("docs/matchers.md");
  for (const name of [...Object.keys(main), ...Object.keys(core), ...Object.keys(plugin)]) {
    expect(pages, name).toMatch(new RegExp(`\`(?:expect\\.)?${name}\\b|\\b${name}\\(`));
  }
});
