import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { BUILT_PACKAGE } from "../support/built-package.ts";

const bin = join(BUILT_PACKAGE, "dist/bin.js");
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

test.for([[process.execPath, ...claims20], ...older.slice(0, 1).map((node) => [node])])(
  "the command names the Node that it needs: %s",
  ([node = "", ...flags]) => {
    const { status, stdout, stderr } = spawnSync(node, [...flags, bin, "ls"], { encoding: "utf8" });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^Failed to run vitest-cassette: it needs Node 22\.12 or newer, and this is Node [\d.]+\.\n$/,
    );
  },
);

test("nothing is loaded before the version is known, and it is that of package.json", () => {
  expect(readFileSync(bin, "utf8")).not.toMatch(/^import /m);
  const manifest = JSON.parse(readFileSync(join(BUILT_PACKAGE, "package.json"), "utf8")) as {
    readonly engines: object;
  };
  expect(manifest.engines).toEqual({ node: ">=22.12.0" });
});
