import { JoinedView, SliceView, type View } from "./view.ts";

/** One line of an event stream that holds data: `data: ...`, or any field with JSON in it. */
interface Line {
  readonly field: string;
  readonly view: View;
}

const FIELD = /^(?:data|event|id|retry)?:/m;

/** Whether `text` looks like an event stream, whatever its content type says. */
export function looksLikeSse(text: string): boolean {
  return FIELD.test(text.slice(0, 4096)) && !/^\s*[[{]/.test(text.slice(0, 64));
}

/**
 * The data of each event of the stream in `view`. Of fields other than `data` those that hold JSON, each as
 * an event of its own (llama.cpp reports its failures as `error: {...}`).
 */
export function* sseEvents(view: View): Generator<View> {
  let data: View[] = [];
  for (const line of lines(view)) {
    if (line === undefined) {
      if (data.length > 0) yield joined(data);
      data = [];
    } else if (line.field === "data") data.push(line.view);
    else if (/^\s*[[{]/.test(line.view.text)) yield line.view;
  }
  if (data.length > 0) yield joined(data);
}

function joined(data: readonly View[]): View {
  return data.length === 1 ? (data[0] as View) : new JoinedView(data, "\n");
}

/** Fields in order, `undefined` for each blank line. */
function* lines(view: View): Generator<Line | undefined> {
  const { text } = view;
  const breaks = /\r\n|\n|\r/g;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start <= text.length) {
    const found = breaks.exec(text);
    const end = found?.index ?? text.length;
    if (end === start) yield undefined;
    else {
      const colon = text.indexOf(":", start);
      if (colon !== -1 && colon < end) {
        const from = text[colon + 1] === " " ? colon + 2 : colon + 1;
        if (from <= end) yield { field: text.slice(start, colon), view: new SliceView(view, from, end) };
      }
    }
    if (found === null) return;
    start = end + found[0].length;
  }
}
