import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { BUILT_PACKAGE } from "../support/built-package.ts";

const dist = join(BUILT_PACKAGE, "dist");
const bin = join(dist, "bin.js");
/** Node then says that it is version 20. */
const claims20 = [
  "--import",
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})",
];
/** The programs of Node before version 22 on this machine. npm puts its own Node first. */
const older = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .map((folder) => join(folder, "node"))
  .filter((node) => /^v(?:1\d|2[01])\./.test(spawnSync(node, ["--version"], { encoding: "utf8" }).stdout));
const nodes = [[process.execPath, ...claims20], ...older.slice(0, 1).map((node) => [node])];

test.for(nodes)("the command names the Node that it needs: %s", ([node = "", ...flags]) => {
  const { status, stdout, stderr } = spawnSync(node, [...flags, bin, "ls"], { encoding: "utf8" });
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /^Failed to run vitest-cassette: it needs Node 22\.12 or newer, and this is Node [\d.]+\.\n$/,
  );
});

test.for(nodes)("so do the plugin and cassettes without Vitest: %s", ([node = "", ...flags]) => {
  for (const [entry, call] of [
    ["plugin", "cassette()"],
    ["core", "openCassette('joke')"],
  ] as const) {
    const url = pathToFileURL(join(dist, `${entry}.js`)).href;
    const code = `import * as all from ${JSON.stringify(url)};\nall.${call}`;
    const args = [...flags, "--input-type=module", "--eval", code];
    expect(spawnSync(node, args, { encoding: "utf8" }).stderr).toMatch(
      /Failed to load vitest-cassette: it needs Node 22\.12 or newer, and this is Node [\d.]+\./,
    );
  }
});

test("the command loads nothing before it knows the version, and it is that of package.json", () => {
  expect(readFileSync(bin, "utf8")).not.toMatch(/^import /m);
  const manifest = JSON.parse(readFileSync(join(BUILT_PACKAGE, "package.json"), "utf8")) as {
    readonly engines: object;
  };
  expect(manifest.engines).toEqual({ node: ">=22.12.0" });
});
