import { BaseSequencer, type TestSpecification } from "vitest/node";

/** From the first to the last. Those that start whole runs wait most, so others fill their gaps. */
const PROJECTS = ["package", "isolated", "functions"];

/** These take longest, and would keep one worker busy at the end of a run. */
const SLOW = [
  "vitest/environments",
  "beside/beside",
  "vitest/isolation",
  "package/packed",
  "faults/processes",
  "faults/tapes",
  "faults/fuzz",
  "sdks/replay",
  "faults/limits",
  "providers/corpus",
  "redaction/canaries",
].map((path) => `/tests/${path}.test.ts`);

/** Starts the files that take longest first, also on a machine that has never run them. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => projectOf(one) - projectOf(other) || slow(one) - slow(other));
  }
}

function projectOf({ project }: TestSpecification): number {
  return PROJECTS.indexOf(project.name);
}

function slow({ moduleId }: TestSpecification): number {
  const index = SLOW.findIndex((path) => moduleId.endsWith(path));
  return index < 0 ? SLOW.length : index;
}
