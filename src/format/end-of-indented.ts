const shallower: RegExp[] = [];

/** Returns where the first line at or after `start` begins that is neither empty nor indented by `indent` spaces. */
export function endOfIndented(text: string, start: number, indent: number): number {
  shallower[indent] ??= new RegExp(`\\n(?! {${indent}}|\\r?\\n|$)`, "g");
  const pattern = shallower[indent];
  pattern.lastIndex = start - 1;
  const feed = pattern.exec(text)?.index;
  return feed === undefined ? text.length : feed + 1;
}
