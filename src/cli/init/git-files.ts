/** Adds what is missing to `.gitattributes`: the line ends of cassettes, how git compares them, and that body files are binary. */
export function withAttributes(text: string, dir: string): string {
  const pattern = `${dir}/**/*.yaml`;
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith(`${pattern} `));
  const missing = ["text eol=lf", "diff=cassette"].filter((attribute) =>
    lines.every((line) => !line.includes(attribute)),
  );
  const bodies = `${dir}/**/*.bodies/*.gz binary`;
  return appended(text, [
    ...(missing.length === 0 ? [] : [`${pattern} ${missing.join(" ")}`]),
    ...(text.split(/\r?\n/).includes(bodies) ? [] : [bodies]),
  ]);
}

/** Adds what is missing to `.gitignore`: recordings of failed tests, and the page of `report`. */
export function withIgnored(text: string, dir: string): string {
  const lines = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const wanted = [`${dir}/**/*.failed.yaml`, "cassette-report.html"];
  return appended(
    text,
    wanted.filter((line) => !lines.has(line)),
  );
}

function appended(text: string, lines: readonly string[]): string {
  if (lines.length === 0) return text;
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${before}${lines.join("\n")}\n`;
}
