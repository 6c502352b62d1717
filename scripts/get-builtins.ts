/**
 * A plugin for the build: gets Node's own modules with `process.getBuiltinModule`. An import of one reads all its
 * properties, and some of them load much more: `node:http` has `WebSocket`, `node:crypto` has `subtle`. Every test file
 * would pay 10 ms for that.
 */
import { join } from "node:path";
import type { Plugin } from "rolldown";
import { parseSync } from "rolldown/utils";

/** @param source absolute path of the folder of the source */
export function getBuiltins(source: string): Plugin {
  // Code under test can replace the global.
  const processModule = JSON.stringify(join(source, "cassette/node-process.ts"));
  return {
    name: "get-builtins",
    transform(code, id) {
      if (!id.startsWith(source) || !code.includes('"node:')) return undefined;
      let changed = "";
      let end = 0;
      for (const statement of parseSync(id, code).program.body) {
        if (statement.type !== "ImportDeclaration" || statement.importKind === "type") continue;
        const { value: name } = statement.source;
        if (!name.startsWith("node:")) continue;
        const got = `ofNode$.getBuiltinModule(${JSON.stringify(name)})`;
        const parts = statement.specifiers.flatMap((each) => {
          if (each.type !== "ImportSpecifier") return [`const ${each.local.name} = ${got};`];
          if (each.importKind === "type") return [];
          const imported = each.imported.type === "Identifier" ? each.imported.name : each.imported.value;
          return [`const ${each.local.name} = ${got}.${imported};`];
        });
        changed += `${code.slice(end, statement.start)}${parts.join(" ")}`;
        ({ end } = statement);
      }
      if (end === 0) return undefined;
      return `import { process as ofNode$ } from ${processModule};\n${changed}${code.slice(end)}`;
    },
  };
}
