/** What the user says is no secret. */
export interface Allowed {
  /** Whether places are named at all: finding out where something stands costs time. */
  readonly hasPlaces: boolean;
  text(text: string): boolean;
  /** `place` as in `response.body.choices[0].delta.content`. */
  place(place: string): boolean;
}

/**
 * Reads the entries of `allow`: a shape between slashes, a place (it begins with `request.`, `response.` or
 * `**.`), or a text.
 */
export function readAllowed(entries: readonly string[]): Allowed {
  const texts: string[] = [];
  const shapes: RegExp[] = [];
  const places: RegExp[] = [];
  for (const entry of entries) {
    const shape = /^\/(.+)\/([a-z]*)$/s.exec(entry);
    if (shape !== null)
      shapes.push(new RegExp(shape[1] as string, (shape[2] as string).replace(/[gy]/g, "")));
    else if (/^(?:request|response|\*\*)(?:\.|$)/.test(entry)) places.push(placeExpression(entry));
    else texts.push(entry);
  }
  return {
    hasPlaces: places.length > 0,
    text: (text) =>
      texts.some((allowed) => allowed.includes(text)) || shapes.some((shape) => shape.test(text)),
    place: (place) => places.some((expression) => expression.test(place)),
  };
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
