import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BenchCase } from "../support/bench-case.ts";
import { clearCaches, createProject, runVitest } from "../support/vitest-project.ts";

/** 200 files give the same ratios, and take five times as long. */
const FILES = Number(process.env.BENCH_FILES ?? 40);

const EMPTY = "an empty test";
const PLUGIN = "an empty test, with the plugin";
const FIRST = "a cassette, one request";
const STUB = "a hand-written stub of fetch, three requests";
const OURS = "a cassette, three requests";
const COLD = " (fresh clone)";

const projects = {
  [EMPTY]: { test: "empty", plugin: false },
  [PLUGIN]: { test: "empty", plugin: true },
  [FIRST]: { test: "first", plugin: true },
  [STUB]: { test: "stub", plugin: false },
  [OURS]: { test: "cassette", plugin: true },
} as const;

/** What whole runs of isolated test files cost, each with a tape of 20 KB. */
const benchCase: BenchCase = {
  title: `A run of ${FILES} isolated test files, processor time a file`,
  unit: "ms",
  variants: [OURS, STUB, OURS + COLD, STUB + COLD, EMPTY, PLUGIN, FIRST],
  together: true,
  launches: 1,
  repeats: 5,
  warmUps: 1,
  targets: [
    { of: OURS, than: [STUB], atMost: 1.15 },
    { of: OURS + COLD, than: [STUB + COLD], atMost: 1.15 },
    { of: PLUGIN, than: [EMPTY], atMostMore: 15 },
    { of: FIRST, than: [EMPTY], atMostMore: 45 },
  ],
  prepare(variant, { folder }) {
    const isCold = variant.endsWith(COLD);
    const { test, plugin } = projects[variant.replace(COLD, "") as keyof typeof projects];
    const own = join(folder, variant.replaceAll(/\W+/g, "-"));
    mkdirSync(own);
    createProject({ folder: own, test, plugin, files: FILES });
    return () => {
      if (isCold) clearCaches(own);
      return runVitest(own) / FILES;
    };
  },
};

export default benchCase;
