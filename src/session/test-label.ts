const SEPARATOR = " › ";

/** Names a test on a tape that several tests record into: `tests/chat.test.ts › streams › tells a joke`. */
export function testLabel(testFile: string, testName: string): string {
  return [testFile, testName].join(SEPARATOR);
}

export function fileOfLabel(label: string): string {
  return label.split(SEPARATOR, 1)[0] as string;
}

/** The names of the suites and the test as one; `undefined` for the label of a whole file. */
export function namesOfLabel(label: string): readonly string[] | undefined {
  const [, ...names] = label.split(SEPARATOR);
  return names.length === 0 ? undefined : [names.join(SEPARATOR)];
}
