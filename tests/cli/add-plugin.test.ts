import { expect, test } from "vitest";
import { addPlugin } from "../../src/cli/init/add-plugin.ts";

const IMPORT = 'import { defineConfig } from "vitest/config";\n';

test.for<[what: string, before: string, after: string]>([
  [
    "no plugins",
    `${IMPORT}\nexport default defineConfig({\n  test: { globals: true },\n});\n`,
    `import { cassette } from "vitest-cassette/plugin";\n${IMPORT}\nexport default defineConfig({\n  plugins: [cassette()],\n  test: { globals: true },\n});\n`,
  ],
  [
    "plugins on one line, single quotes and no semicolons",
    "/// <reference types=\"vitest/config\" />\nimport react from '@vitejs/plugin-react'\nimport { defineConfig } from 'vite'\n\nexport default defineConfig({\n  plugins: [react()],\n})\n",
    "/// <reference types=\"vitest/config\" />\nimport { cassette } from 'vitest-cassette/plugin'\nimport react from '@vitejs/plugin-react'\nimport { defineConfig } from 'vite'\n\nexport default defineConfig({\n  plugins: [cassette(), react()],\n})\n",
  ],
  [
    "plugins on several lines, after nested plugins, comments and odd texts",
    `${IMPORT}export default defineConfig({
\t// plugins: [none]
\ttest: { deps: { plugins: [] }, name: "a } b", alias: { '}': \`{\` } }, /* } */
\tplugins: [
\t\treact({ include: "**/*.tsx" }),
\t],
});
`,
    `import { cassette } from "vitest-cassette/plugin";
${IMPORT}export default defineConfig({
\t// plugins: [none]
\ttest: { deps: { plugins: [] }, name: "a } b", alias: { '}': \`{\` } }, /* } */
\tplugins: [
\t\tcassette(),
\t\treact({ include: "**/*.tsx" }),
\t],
});
`,
  ],
  [
    "an empty list",
    `${IMPORT}export default defineConfig({ plugins: [] });\n`,
    `import { cassette } from "vitest-cassette/plugin";\n${IMPORT}export default defineConfig({ plugins: [cassette()] });\n`,
  ],
  [
    "an empty object",
    `${IMPORT}export default defineConfig({});\n`,
    `import { cassette } from "vitest-cassette/plugin";\n${IMPORT}export default defineConfig({ plugins: [cassette()] });\n`,
  ],
  [
    "one line",
    `${IMPORT}export default defineConfig({ test: {} });\n`,
    `import { cassette } from "vitest-cassette/plugin";\n${IMPORT}export default defineConfig({ plugins: [cassette()], test: {} });\n`,
  ],
  [
    "a plain object without imports",
    "export default {\n  test: {},\n};\n",
    'import { cassette } from "vitest-cassette/plugin";\n\nexport default {\n  plugins: [cassette()],\n  test: {},\n};\n',
  ],
])("the plugin is added to a config with %s", ([, before, after]) => {
  expect(addPlugin(before)).toEqual({ kind: "added", text: after });
  expect(addPlugin(after)).toEqual({ kind: "there", text: after });
});

test.for<[what: string, code: string, why: string]>([
  [
    "a function",
    "export default defineConfig(({ mode }) => ({ plugins: [] }))",
    "it is not one plain object",
  ],
  [
    "a merge",
    "export default mergeConfig(base, defineConfig({ plugins: [] }))",
    "it is not one plain object",
  ],
  ["CommonJS", "module.exports = { plugins: [] }", "it is not one plain object"],
  ["a variable", "const config = { plugins: [] }\nexport default config", "it is not one plain object"],
  ["two exports", "export default {\n}\nexport default {\n}", "it is not one plain object"],
  [
    "a regular expression",
    "export default {\n  test: { exclude: [/}/] },\n}",
    "it has code that init does not read",
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the config has a template.
  ["a template", "export default {\n  test: { name: `${'}'}` },\n}", "it has code that init does not read"],
  ["a computed field", "export default {\n  [plugins]: [],\n}", "it has code that init does not read"],
  ["an open bracket", "export default {\n  plugins: [(],\n}", "it has code that init does not read"],
  [
    "a spread",
    "export default {\n  ...base,\n  test: {},\n}",
    "it spreads another object, which may have plugins",
  ],
  ["plugins from elsewhere", "export default {\n  plugins: plugins(),\n}", "its plugins are not a list"],
  ["a shorthand", "export default {\n  plugins,\n}", "its plugins are not a list"],
  ["a method", "export default {\n  plugins() { return [] },\n}", "its plugins are not a list"],
  [
    "projects",
    "export default {\n  test: { projects: [] },\n}",
    "it has projects: each of them needs the plugin, or extends: true",
  ],
  [
    "browser mode",
    "export default {\n  test: { browser: {} },\n}",
    "it has browser mode, which cassettes do not support",
  ],
])("a config with %s is left alone", ([, code, why]) => {
  expect(addPlugin(code)).toEqual({ kind: "by-hand", why });
});

test("the plugin is added beside a spread if there is a list of plugins", () => {
  const { kind } = addPlugin("export default {\n  ...base,\n  plugins: [a],\n}");
  expect(kind).toBe("added");
});
