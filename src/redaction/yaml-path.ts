/** A tape longer than this is not walked to name a place in it. */
const MAX_LINES = 200_000;

/**
 * The path to the character at `at` in a YAML text, told by indentation alone: as near as it takes for a
 * person to find the place, `interactions[0].response.body`.
 */
export function yamlPath(text: string, at: number): string {
  const lines = text.slice(0, at).split("\n");
  if (lines.length > MAX_LINES) return "";
  const end = text.indexOf("\n", at);
  lines[lines.length - 1] = text.slice(text.lastIndexOf("\n", at - 1) + 1, end === -1 ? text.length : end);
  const steps: string[] = [];
  let indent = Number.POSITIVE_INFINITY;
  let position: number | undefined;
  for (const line of lines.reverse()) {
    const found = /^( *)((?:- +)*)(?:("(?:[^"\\]|\\.){0,200}"|[\w.$/-]{1,200}) *:(?= |$))?/.exec(line);
    if (found === null || line.trim() === "" || /^ *#/.test(line)) continue;
    const [, blanks = "", dashes = "", key] = found;
    const keyIndent = blanks.length + dashes.length;
    const isItem = dashes !== "" && blanks.length <= indent;
    // A list may stand at the indentation of its key.
    if (position !== undefined && isItem && blanks.length === indent) {
      position++;
      continue;
    }
    if (position !== undefined && blanks.length <= indent && dashes === "" && key !== undefined) {
      steps.unshift(`${plainKey(key)}[${position}]`);
      position = undefined;
      indent = blanks.length;
      continue;
    }
    // What stands in a block of text is no YAML, though it may look it.
    if (keyIndent < indent && /[|>][+-]?\d?\s*$/.test(line)) steps.length = 0;
    if (keyIndent < indent && key !== undefined && position === undefined) {
      steps.unshift(plainKey(key));
      indent = keyIndent;
    }
    if (isItem && position === undefined && blanks.length < indent) {
      position = 0;
      indent = blanks.length;
    }
    if (indent === 0 && position === undefined) break;
  }
  return steps.join(".");
}

function plainKey(key: string): string {
  if (!key.startsWith('"')) return key;
  try {
    return String(JSON.parse(key));
  } catch {
    // YAML knows more escapes than JSON: the key is shown as it stands.
    return key.slice(1, -1);
  }
}
