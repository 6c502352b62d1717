/** What the user says is no secret. */
export interface Allowed {
  /** Whether places are named at all: finding out where something stands costs time. */
  readonly hasPlaces: boolean;
  text(text: string): boolean;
  /** `place` as in `response.body.choices[0].delta.content`. */
  place(place: string): boolean;
  /** `path` as far as a written tape shows it, and the name of the field that the text is in, in JSON that is text. */
  written(path: string, field: string): boolean;
}

/**
 * Reads the entries of `allow`: a shape between slashes, a place (it begins with `request.`, `response.` or
 * `**.`), or a text.
 */
export function readAllowed(entries: readonly string[]): Allowed {
  const texts: string[] = [];
  const shapes: RegExp[] = [];
  const places: { readonly whole: RegExp; readonly top: string; readonly field: string }[] = [];
  for (const entry of entries) {
    const shape = /^\/(.+)\/([a-z]*)$/s.exec(entry);
    if (shape !== null)
      shapes.push(new RegExp(shape[1] as string, (shape[2] as string).replace(/[gy]/g, "")));
    else if (/^(?:request|response|\*\*)(?:\.|$)/.test(entry)) places.push(readPlace(entry));
    else texts.push(entry);
  }
  return {
    hasPlaces: places.length > 0,
    text: (text) =>
      texts.some((allowed) => allowed.includes(text)) || shapes.some((shape) => shape.test(text)),
    place: (place) => places.some(({ whole }) => whole.test(place)),
    written(path, field) {
      const place = path.replace(/^interactions\[\d+\]\./, "");
      return places.some(
        ({ whole, top, field: last }) =>
          whole.test(place) ||
          (last === field && (top === "**" || place === top || place.startsWith(`${top}.`))),
      );
    },
  };
}

function readPlace(entry: string): { readonly whole: RegExp; readonly top: string; readonly field: string } {
  const top = entry.startsWith("**") ? "**" : entry.split(".").slice(0, 2).join(".");
  return { whole: placeExpression(entry), top, field: /([\w$-]+)$/.exec(entry)?.[1] ?? "" };
}

/** A place names all that is below it too. `*` is one name, `[*]` one element, `**` any number of both. */
function placeExpression(place: string): RegExp {
  const source = place
    .split(/(\*\*\.?|\[\*\]|\*)/)
    .map((part) => {
      if (part.startsWith("**")) return "(?:.*[.\\]])?";
      if (part === "[*]") return "\\[\\d+\\]";
      if (part === "*") return "[^.[\\]]+";
      return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}(?=$|[.[])`, "s");
}
