/**
 * Puts right what `@mswjs/interceptors` makes of the global `Headers`, in all code of the process.
 *
 * It notes on every `Headers` object the lines it was made of, as node:http clients of a mocked response are to
 * see their case, and copies headers from those notes. The notes miss what fetch adds to a `Request` by itself and
 * hold what a second `Request` has replaced: `new Headers(request.headers)` then gives other headers than there
 * are. Here a copy has what the original has, and the notes are made again where they do not fit.
 *
 * @param native the `Headers` from before
 */
export function restoreHeaders(native: typeof Headers): void {
  const patched = globalThis.Headers;
  if (patched === native) return;
  const notes = notesOf(new patched([["a", "b"]]));
  if (notes === undefined) return;
  const exact = new Proxy(native, {
    construct(target, args: [HeadersInit?], newTarget) {
      const headers = Reflect.construct(target, args, newTarget) as Headers;
      Object.defineProperty(headers, notes, { value: linesOf(args[0], headers, notes), configurable: true });
      return headers;
    },
  });
  Object.defineProperty(globalThis, "Headers", {
    value: exact,
    configurable: true,
    enumerable: false,
    writable: true,
  });
}

type Lines = [name: string, value: string][];

/** The symbol under which the interceptors keep their notes. They do not export it. */
function notesOf(headers: Headers): symbol | undefined {
  return Object.getOwnPropertySymbols(headers).find(({ description }) => description === "kRawHeaders");
}

function linesOf(init: HeadersInit | undefined, headers: Headers, notes: symbol): Lines {
  if (init === undefined || init === null) return [];
  const known = init instanceof Headers ? (Reflect.get(init, notes) as Lines | undefined) : init;
  const lines: Lines = Array.isArray(known)
    ? known.map(([name, value]) => [String(name), String(value)])
    : init instanceof Headers || Symbol.iterator in init
      ? []
      : Object.entries(init).map(([name, value]) => [name, String(value)]);
  return fits(lines, headers) ? lines : [...headers];
}

/** Whether `lines` are those of which `headers` consists. */
function fits(lines: Lines, headers: Headers): boolean {
  const joined = new Map<string, string>();
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const before = joined.get(key);
    joined.set(key, before === undefined ? value.trim() : `${before}, ${value.trim()}`);
  }
  let count = 0;
  for (const name of headers.keys()) {
    if (name === "set-cookie") continue;
    if (joined.get(name) !== headers.get(name)) return false;
    count++;
  }
  const cookies = lines.filter(([name]) => name.toLowerCase() === "set-cookie").length;
  joined.delete("set-cookie");
  return count === joined.size && cookies === headers.getSetCookie().length;
}
