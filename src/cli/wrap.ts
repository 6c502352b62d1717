/** Breaks a line at spaces, and a word that is longer than `width` anywhere. Keeps the indentation. */
export function wrap(line: string, width: number): readonly string[] {
  const indent = /^\s*/.exec(line)?.[0].slice(0, Math.max(0, width - 20)) ?? "";
  const room = width - indent.length;
  const lines: string[] = [];
  let rest = line.slice(indent.length);
  while (rest.length > room) {
    const space = rest.lastIndexOf(" ", room);
    const end = space > 0 ? space : room;
    lines.push(indent + rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return rest === "" && lines.length > 0 ? lines : [...lines, indent + rest];
}
