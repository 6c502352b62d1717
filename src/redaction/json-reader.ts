import { JSON_STRING } from "./encodings.ts";
import { JsonContainer, type JsonPlace } from "./json-container.ts";

/** Takes a string: where its content begins and ends, without quotes, and its position in an array, else -1. */
export type AddString = (
  kind: "string" | "escaped" | "scalar",
  start: number,
  end: number,
  place: JsonPlace,
  position: number,
  container: JsonContainer | undefined,
) => void;

const MAX_DEPTH = 500;

/**
 * Reads the strings of the JSON in a part of a text. Passes over what is between JSON values and asks nothing of them:
 * the text may be cut anywhere, hold several values in a row, or only look like JSON.
 *
 * @param base the place of the outermost values
 * @param wantsScalar whether the number in a field of this name is wanted
 */
export function readJson(
  text: string,
  start: number,
  end: number,
  base: JsonPlace,
  wantsScalar: (name: string) => boolean,
  add: AddString,
): void {
  let container: JsonContainer | undefined;
  let depth = 0;
  let expectsKey = false;
  for (let at = start; at < end; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22 /* " */) {
      const from = at + 1;
      at = endOfString(text, from, end);
      const isEscaped = at < 0;
      if (isEscaped) at = ~at;
      if (expectsKey && container !== undefined) {
        const { place, field } = container;
        container.field = isEscaped
          ? place.child(JSON_STRING.decode(text.slice(from, at)))
          : place.childIn(text, from, at, field);
        expectsKey = false;
      } else {
        add(
          isEscaped ? "escaped" : "string",
          from,
          at,
          placeOf(container, base),
          positionOf(container),
          container,
        );
        container?.note(text, from, at);
      }
    } else if (char === 0x2c /* , */) {
      if (container?.isArray) container.count++;
      else expectsKey = container !== undefined;
    } else if (char === 0x7b /* { */ || char === 0x5b /* [ */) {
      if (depth >= MAX_DEPTH) continue;
      const isArray = char === 0x5b;
      container = new JsonContainer(container, isArray, placeOf(container, base), positionOf(container));
      depth++;
      expectsKey = !isArray;
    } else if (char === 0x7d /* } */ || char === 0x5d /* ] */) {
      if (container === undefined) continue;
      container = container.parent;
      depth--;
      expectsKey = false;
    } else if (isScalar(char)) {
      const from = at;
      at = Math.min(endOfScalar(text, from), end) - 1;
      if (container === undefined || container.isArray || expectsKey) continue;
      const place = placeOf(container, base);
      if (wantsScalar(place.name)) add("scalar", from, at + 1, place, -1, container);
      container.note(text, from, at + 1);
    }
  }
}

/** The place of the value that comes next. */
function placeOf(container: JsonContainer | undefined, base: JsonPlace): JsonPlace {
  if (container === undefined) return base;
  if (!container.isArray) return container.field ?? container.place.child("");
  // The elements of an outermost array are the events.
  return container.parent === undefined ? base : container.place.child("[]", container.place.name);
}

function positionOf(container: JsonContainer | undefined): number {
  return container?.isArray && container.parent !== undefined ? container.count : -1;
}

/** Where a string ends, as `~end` if it has escapes. */
function endOfString(text: string, start: number, limit: number): number {
  let isEscaped = false;
  for (let at = start; at < limit; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22) return isEscaped ? ~at : at;
    if (char === 0x5c) {
      isEscaped = true;
      at++;
    }
  }
  return isEscaped ? ~limit : limit;
}

/** Numbers, `true`, `false`, `null`. */
function isScalar(char: number): boolean {
  return (char >= 0x30 && char <= 0x39) || char === 0x2d || (char >= 0x61 && char <= 0x7a);
}

function endOfScalar(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const char = text.charCodeAt(at);
    if (!isScalar(char) && char !== 0x2e && char !== 0x2b && char !== 0x45) break;
    at++;
  }
  return at;
}
