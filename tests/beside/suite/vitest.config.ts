import { defineConfig } from "vitest/config";
import { cassette } from "vitest-cassette/plugin";

interface Case {
  readonly name: string;
  readonly mock: "msw" | "nock";
  /** The package that stands in for msw or nock. */
  readonly from: string;
  readonly pool: "threads" | "forks" | "vmThreads";
  readonly inline?: boolean;
}

const CASES: readonly Case[] = [
  { name: "msw 3", mock: "msw", from: "msw", pool: "threads" },
  { name: "msw 3, inlined", mock: "msw", from: "msw", pool: "forks", inline: true },
  { name: "msw 3, other copy", mock: "msw", from: "msw-other-copy", pool: "forks" },
  { name: "msw 3, other copy, vmThreads", mock: "msw", from: "msw-other-copy", pool: "vmThreads" },
  { name: "msw 2", mock: "msw", from: "msw-2", pool: "threads" },
  { name: "nock 15", mock: "nock", from: "nock-15", pool: "forks" },
  { name: "nock 15, other copy", mock: "nock", from: "nock-other-copy", pool: "threads" },
  {
    name: "nock 15, other copy, inlined",
    mock: "nock",
    from: "nock-other-copy",
    pool: "threads",
    inline: true,
  },
  { name: "nock 14", mock: "nock", from: "nock-14", pool: "forks" },
];

const { HTTP, HTTPS } = process.env;
const plugins = [cassette({ include: [HTTP ?? "", HTTPS ?? ""] })];

export default defineConfig({
  test: {
    projects: CASES.map(({ name, mock, from, pool, inline = false }) => ({
      plugins,
      resolve: {
        alias: [
          { find: "mock-under-test", replacement: `${import.meta.dirname}/${mock}-mock.ts` },
          { find: mock === "msw" ? /^msw(?=\/|$)/ : /^nock-15$/, replacement: from },
        ],
      },
      test: {
        name,
        pool,
        root: import.meta.dirname,
        include: ["together.suite.ts"],
        testTimeout: 30_000,
        env: { CASE: name, ...(/^msw-2|nock-14/.test(from) ? { OLD: "1" } : {}) },
        server: { deps: { inline: inline ? [/node_modules\/(msw|nock|@mswjs)/] : [] } },
      },
    })),
  },
});
