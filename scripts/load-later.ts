/**
 * A plugin for the build: parts of the package load when one of their functions is first called. The source imports
 * them like everything else.
 *
 * For all modules outside a part, the build replaces those in it by functions of the same names, which load the part
 * with `require` and call it. So other modules can only call what the part exports, or create instances of its classes.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Plugin } from "rolldown";
import { parseSync, Visitor } from "rolldown/utils";

/** The parts, by the name of their file in dist/: expressions for their modules, relative to the source. */
export type LaterParts = Readonly<Record<string, RegExp>>;

export interface LoadLaterOptions {
  /** Absolute path of the folder of the source. */
  readonly source: string;
  readonly parts: LaterParts;
  /** Modules that load parts at once, relative to `source`, with the names of these parts. They are empty in the source. */
  readonly loadNow: Readonly<Record<string, readonly string[]>>;
  /** Modules that get functions of their own to load parts, and so share no file in dist/ for them. */
  readonly apart: readonly string[];
}

export const PART = "\0part:";
export const LOADER = "\0load-part";
export const STAND_IN = "\0stand-in:";

/** Makes the plugin. The build fails if a module uses something of a part in a way that cannot load it later. */
export function loadLater({ source, parts, loadNow, apart }: LoadLaterOptions, shared: Set<string>): Plugin {
  const names = Object.keys(parts);
  const partOf = (file: string): string | undefined => names.find((name) => parts[name]?.test(file));
  const crosses: Crosses = (from, to) => partOf(to) !== undefined && partOf(to) !== partOf(from);
  let used: UsedExports = new Map();

  return {
    name: "load-later",
    buildStart() {
      programs.clear();
      used = findUsed(source, crosses);
    },
    resolveId(id, importer, { kind }) {
      if (id === LOADER || id.startsWith(PART)) return { id, moduleSideEffects: false };
      if (!id.startsWith(".") || importer === undefined || importer.startsWith("\0")) return undefined;
      const file = toName(source, resolve(dirname(importer), id));
      const from = toName(source, importer);
      if (!crosses(from, file)) return undefined;
      if (kind === "dynamic-import")
        throw new Error(`${importer}: ${id} loads later anyway. Import it statically.`);
      const owner = apart.includes(from) ? `?${from}` : "";
      return { id: STAND_IN + file + owner, moduleSideEffects: false };
    },
    buildEnd() {
      shared.clear();
      const seen = new Set<string>();
      for (const name of names) {
        for (const id of reachable(PART + name, (each) => this.getModuleInfo(each)?.importedIds ?? [])) {
          if (seen.has(id)) shared.add(id);
          seen.add(id);
        }
      }
    },
    load(id) {
      const now = loadNow[toName(source, id)];
      if (now !== undefined) return loadAll(now);
      if (id === LOADER) return loaderCode(source);
      if (id.startsWith(STAND_IN)) {
        const [file = ""] = id.slice(STAND_IN.length).split("?");
        return standIn(partOf(file) as string, used.get(file) ?? new Map());
      }
      if (!id.startsWith(PART)) return undefined;
      const part = id.slice(PART.length);
      const files = [...used].filter(([file]) => partOf(file) === part);
      const imports = files.map(
        ([file, all]) => `import { ${[...all.keys()].join(", ")} } from ${quote(join(source, file))};`,
      );
      const all = files.flatMap(([, exports]) => [...exports.keys()]);
      return `${imports.join("\n")}\nexport const ${part} = { ${all.join(", ")} };`;
    },
  };
}

/** A module and all that it imports, not only later. */
function reachable(id: string, importsOf: (id: string) => readonly string[]): ReadonlySet<string> {
  const all = new Set([id]);
  for (const each of all) for (const imported of importsOf(each)) all.add(imported);
  return all;
}

/** Loads each part from the file of its name, which is next to the one that this code ends up in. */
const loaderCode = (
  source: string,
): string => `import { process } from ${quote(join(source, "cassette/node-process.ts"))};
const parts = {};
let require;
export function load(name) {
  require ??= process.getBuiltinModule("node:module").createRequire(import.meta.url);
  return parts[name] ??= require("./" + name + ".js")[name];
}
export function provide(loaded) { Object.assign(parts, loaded); }`;

function loadAll(parts: readonly string[]): string {
  const imports = parts.map((part) => `import { ${part} } from ${quote(PART + part)};`);
  return `${imports.join("\n")}
import { provide } from ${quote(LOADER)};
provide({ ${parts.join(", ")} });`;
}

function standIn(part: string, all: ReadonlyMap<string, Kind>): string {
  const functions = [...all].map(([name, kind]) =>
    kind === "class"
      ? `export function ${name}(...all) { return new (load("${part}").${name})(...all); }`
      : `export function ${name}(...all) { return load("${part}").${name}.apply(this, all); }`,
  );
  return `import { load } from ${quote(LOADER)};\n${functions.join("\n")}`;
}

type Kind = "function" | "class" | "value";

/** For each module of a part, by its name: the exports that modules outside the part use. */
type UsedExports = Map<string, Map<string, Kind>>;

/** Whether an import leads from outside into a part. */
type Crosses = (importer: string, imported: string) => boolean;

/** @throws Error that lists every use which cannot load a part later */
function findUsed(source: string, crosses: Crosses): UsedExports {
  const used: UsedExports = new Map();
  const problems: string[] = [];
  const files = readdirSync(source, { recursive: true, encoding: "utf8" });
  for (const path of files) {
    if (!path.endsWith(".ts")) continue;
    const importer = path.split(sep).join("/");
    const program = parse(join(source, path));
    for (const { from, name, local } of importsOf(importer, program)) {
      if (!crosses(importer, from)) continue;
      const exports = exportsOf(source, from);
      for (const each of name === "*" ? exports.keys() : [name]) {
        const kind = exports.get(each) ?? "value";
        if (kind === "value" || (kind === "class" && !isOnlyConstructed(program, local))) {
          problems.push(`${importer}: ${each} of ${from} loads later, so it can only be called.`);
        } else {
          used.set(from, (used.get(from) ?? new Map<string, Kind>()).set(each, kind));
        }
      }
    }
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return used;
}

interface Import {
  /** Name of the module in the source. */
  readonly from: string;
  readonly name: string;
  /** `undefined` if it is exported again. */
  readonly local: string | undefined;
}

/** The relative imports of values. */
function* importsOf(file: string, { body }: Program): Iterable<Import> {
  for (const statement of body) {
    if (statement.type === "ExportAllDeclaration" && statement.source.value.startsWith(".")) {
      const from = join(dirname(file), statement.source.value).split(sep).join("/");
      yield { from, name: "*", local: undefined };
      continue;
    }
    const isImport = statement.type === "ImportDeclaration" && statement.importKind !== "type";
    const isExport = statement.type === "ExportNamedDeclaration" && statement.exportKind !== "type";
    if (!(isImport || isExport) || !statement.source?.value.startsWith(".")) continue;
    const from = join(dirname(file), statement.source.value).split(sep).join("/");
    for (const specifier of statement.specifiers) {
      if (specifier.type === "ExportSpecifier") {
        if (specifier.exportKind !== "type") yield { from, name: nameOf(specifier.local), local: undefined };
      } else if (specifier.type === "ImportNamespaceSpecifier") {
        yield { from, name: "*", local: specifier.local.name };
      } else if (specifier.type === "ImportSpecifier" && specifier.importKind !== "type") {
        yield { from, name: nameOf(specifier.imported), local: specifier.local.name };
      }
    }
  }
}

type Program = ReturnType<typeof parseSync>["program"];
type Declarations = Extract<
  Program["body"][number],
  { readonly type: "VariableDeclaration" }
>["declarations"];
type Value = Declarations[number]["init"];

const programs = new Map<string, Program>();

/** Parses a module of the source, once. */
function parse(file: string): Program {
  let program = programs.get(file);
  if (program === undefined) {
    program = parseSync(file, readFileSync(file, "utf8")).program;
    programs.set(file, program);
  }
  return program;
}

/** What a module exports. */
function exportsOf(source: string, file: string): ReadonlyMap<string, Kind> {
  const found = new Map<string, Kind>();
  const { body } = parse(join(source, file));
  for (const statement of body) {
    if (statement.type !== "ExportNamedDeclaration" || statement.exportKind === "type") continue;
    const { declaration, source: from } = statement;
    if (declaration?.type === "FunctionDeclaration") found.set(declaration.id?.name ?? "", "function");
    else if (declaration?.type === "ClassDeclaration") found.set(declaration.id?.name ?? "", "class");
    else if (declaration?.type === "VariableDeclaration") {
      for (const { id, init } of declaration.declarations) {
        const isFunction = init?.type === "ArrowFunctionExpression" || makesFunction(init, source, file);
        if (id.type === "Identifier") found.set(id.name, isFunction ? "function" : "value");
      }
    } else if (from !== null) {
      const theirs = exportsOf(source, join(dirname(file), from.value));
      for (const { local, exported, exportKind } of statement.specifiers) {
        if (exportKind !== "type") found.set(nameOf(exported), theirs.get(nameOf(local)) ?? "value");
      }
    }
  }
  return found;
}

/** Whether a value is what a function returns that ends in `return function ...`: one of the same module, or imported. */
function makesFunction(value: Value, source: string, file: string): boolean {
  if (value?.type !== "CallExpression" || value.callee.type !== "Identifier") return false;
  const callee = value.callee.name;
  const imported = [...importsOf(file, parse(join(source, file)))].find(({ local }) => local === callee);
  const { from, name } = imported ?? { from: file, name: callee };
  return parse(join(source, from)).body.some((statement) => {
    const declared = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (declared?.type !== "FunctionDeclaration" || declared.id?.name !== name) return false;
    const last = declared.body?.body.at(-1);
    return last?.type === "ReturnStatement" && /Function/.test(last.argument?.type ?? "");
  });
}

/** Whether a class appears only behind `new`, and in types. */
function isOnlyConstructed(program: Program, name: string | undefined): boolean {
  const places = new Set<number>();
  const allowed = new Set<number>();
  new Visitor({
    Identifier: (node) => void (node.name === name && places.add(node.start)),
    ImportSpecifier: ({ imported, local }) => void allowed.add(imported.start).add(local.start),
    NewExpression: ({ callee }) => void allowed.add(callee.start),
    TSTypeReference: ({ typeName }) => void allowed.add(typeName.start),
  }).visit(program);
  return name !== undefined && places.isSubsetOf(allowed);
}

function nameOf(node: { readonly type: string; readonly name?: string; readonly value?: string }): string {
  return node.name ?? node.value ?? "";
}

function toName(source: string, file: string): string {
  return relative(source, file).split(sep).join("/");
}

function quote(text: string): string {
  return JSON.stringify(text);
}
