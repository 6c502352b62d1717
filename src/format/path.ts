/** The way from the root of a tape to a node: names of fields and positions in lists. */
export type NodePath = readonly (string | number)[];

/** A path as messages show it: `interactions[0].request.body."a key"`. */
export function showPath(path: NodePath): string {
  return path
    .map((step) => {
      if (typeof step === "number") return `[${step}]`;
      return /^[\w-]+$/.test(step) ? `.${step}` : `.${JSON.stringify(step)}`;
    })
    .join("")
    .replace(/^\./, "");
}
