import { testLabel } from "../session/test-label.ts";
import { cassetteKey, numberedFile, testCassetteFile } from "../storage/names.ts";
import { suiteNames, type TestTask } from "./test-scope.ts";

/** Removes secrets: a title can contain values (`test.each`), and one of them can be a key. */
type Clean = (title: string) => string;

interface Named {
  readonly titles: readonly string[];
  /** Place among the tests of the file whose cassettes would have the same file name; from 1. */
  readonly fileNumber: number;
  readonly label: string;
}

type FileTask = TestTask["file"];

/** By file, and by id of a test. */
const namedIn = new WeakMap<FileTask, ReadonlyMap<string, Named>>();

/** Returns the file of a test's own cassette. It depends on nothing but the titles of all tests in the test file. */
export function ownCassetteFile(task: TestTask, testFile: string, clean: Clean): string {
  const named = namesIn(task.file, testFile, clean).get(task.id);
  const { titles, fileNumber } = named ?? { titles: titlesOf(task).map(clean), fileNumber: 1 };
  const file = testCassetteFile(testFile, titles.map(clean));
  return fileNumber === 1 ? file : numberedFile(file, fileNumber);
}

/** Returns the label of a test on a tape that several tests record into. */
export function labelOf(task: TestTask, testFile: string, clean: Clean): string {
  const named = namesIn(task.file, testFile, clean).get(task.id);
  return named?.label ?? testLabel(testFile, titlesOf(task).map(clean).join(" › "));
}

function namesIn(file: FileTask, testFile: string, clean: Clean): ReadonlyMap<string, Named> {
  let names = namedIn.get(file);
  if (names === undefined) {
    names = nameAll(testsIn(file), testFile, clean);
    namedIn.set(file, names);
  }
  return names;
}

function nameAll(tests: readonly TestTask[], testFile: string, clean: Clean): ReadonlyMap<string, Named> {
  const all = tests.map((task) => {
    const titles = titlesOf(task).map(clean);
    return { task, titles, file: testCassetteFile(testFile, titles) };
  });
  const taken = new Set(all.map(({ file }) => cassetteKey(file)));
  const seen = new Set<string>();
  const labels = new Map<string, number>();
  const names = new Map<string, Named>();
  for (const { task, titles, file } of all) {
    let fileNumber = 1;
    if (seen.has(cassetteKey(file))) {
      do fileNumber++;
      while (taken.has(cassetteKey(numberedFile(file, fileNumber))));
      taken.add(cassetteKey(numberedFile(file, fileNumber)));
    }
    seen.add(cassetteKey(file));
    const label = testLabel(testFile, titles.join(" › "));
    const count = (labels.get(label) ?? 0) + 1;
    labels.set(label, count);
    names.set(task.id, { titles, fileNumber, label: count === 1 ? label : `${label} (${count})` });
  }
  return names;
}

function titlesOf(task: TestTask): readonly string[] {
  return [...suiteNames(task), task.name];
}

/** Lists the tests of a file in order, including skipped ones. */
export function testsIn({ tasks }: Pick<FileTask, "tasks">): readonly TestTask[] {
  return tasks.flatMap((task) => (task.type === "suite" ? testsIn(task) : [task as TestTask]));
}
