import { testLabel } from "../session/test-label.ts";
import { cassetteKey, numberedFile, testCassetteFile } from "../storage/names.ts";
import { suiteNames, type TestTask } from "./test-scope.ts";

/** Removes secrets: a title can contain values (`test.each`), and one of them can be a key. */
type Clean = (title: string) => string;

type FileTask = TestTask["file"];
/** By id of a test. */
type Names = ReadonlyMap<string, string>;

/** The files of the tests' own cassettes. A file whose cassettes all have names needs none. */
const filesOf = new WeakMap<FileTask, Names>();
const labelsOf = new WeakMap<FileTask, Names>();

/** Returns the file of a test's own cassette. It depends on nothing but the titles of all tests in the test file. */
export function ownCassetteFile(task: TestTask, testFile: string, clean: Clean): string {
  const fileOf = (each: TestTask): string => testCassetteFile(testFile, titlesOf(each).map(clean));
  return namesIn(filesOf, task.file, (tests) => numberFiles(tests, fileOf)).get(task.id) ?? fileOf(task);
}

/** Returns the label of a test on a tape that several tests record into. */
export function labelOf(task: TestTask, testFile: string, clean: Clean): string {
  const label = (each: TestTask): string => testLabel(testFile, titlesOf(each).map(clean).join(" › "));
  return namesIn(labelsOf, task.file, (tests) => numberLabels(tests, label)).get(task.id) ?? label(task);
}

function namesIn(
  known: WeakMap<FileTask, Names>,
  file: FileTask,
  nameAll: (tests: readonly TestTask[]) => Names,
): Names {
  let names = known.get(file);
  if (names === undefined) {
    names = nameAll(testsIn(file));
    known.set(file, names);
  }
  return names;
}

/** Numbers the files that would be the same. */
function numberFiles(tests: readonly TestTask[], fileOf: (task: TestTask) => string): Names {
  const all = tests.map((task) => ({ id: task.id, file: fileOf(task) }));
  const taken = new Set(all.map(({ file }) => cassetteKey(file)));
  const seen = new Set<string>();
  const files = new Map<string, string>();
  for (const { id, file } of all) {
    let own = file;
    if (seen.has(cassetteKey(file))) {
      let number = 2;
      while (taken.has(cassetteKey(numberedFile(file, number)))) number++;
      own = numberedFile(file, number);
      taken.add(cassetteKey(own));
    }
    seen.add(cassetteKey(file));
    files.set(id, own);
  }
  return files;
}

function numberLabels(tests: readonly TestTask[], labelOf: (task: TestTask) => string): Names {
  const counts = new Map<string, number>();
  const labels = new Map<string, string>();
  for (const task of tests) {
    const label = labelOf(task);
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    labels.set(task.id, count === 1 ? label : `${label} (${count})`);
  }
  return labels;
}

function titlesOf(task: TestTask): readonly string[] {
  return [...suiteNames(task), task.name];
}

/** Lists the tests of a file in order, including skipped ones. */
export function testsIn({ tasks }: Pick<FileTask, "tasks">): readonly TestTask[] {
  return tasks.flatMap((task) => (task.type === "suite" ? testsIn(task) : [task as TestTask]));
}
