import type { Answer, Wire, WireRequest } from "./answer.ts";
import { cutPieces } from "./cut-pieces.ts";

const BOM = "\uFEFF";

/** The writes of an answer's body, as the script wants them. Without end where it says `endless`. */
export function layOutPieces(
  answer: Answer,
  wire: Wire | undefined,
  request: WireRequest,
): Iterable<Uint8Array> {
  return cutPieces(written(answer, wire, request), request.script.cut ?? "event");
}

function* written(answer: Answer, wire: Wire | undefined, request: WireRequest): Iterable<Uint8Array> {
  const { script } = request;
  const sse = answer.headers.some(
    ([name, value]) => name === "content-type" && value.includes("event-stream"),
  );
  let count = 0;
  for (const piece of chosen(answer, wire, request)) {
    if (typeof piece !== "string") {
      yield piece;
      continue;
    }
    let text = piece;
    if (sse && script.comments !== undefined && count % 3 === 0) text = `: ${script.comments}\n\n${text}`;
    if (sse && script.bom === true && count === 0) text = BOM + text;
    count += 1;
    yield Buffer.from(sse ? withLineEnds(text, script.eol) : text);
  }
}

function* chosen(
  answer: Answer,
  wire: Wire | undefined,
  request: WireRequest,
): Iterable<string | Uint8Array> {
  const { script } = request;
  const beforeEnd = answer.pieces.slice(0, answer.pieces.length - answer.terminal);
  if (answer.streamed && script.errorAfter !== undefined) {
    yield* answer.pieces.slice(0, script.errorAfter);
    yield* wire?.streamFailure?.(request, script.errorAfter) ?? [];
    return;
  }
  if (script.ending === "endless") {
    yield* beforeEnd;
    const again = beforeEnd[Math.floor(beforeEnd.length / 2)] ?? "\n";
    for (;;) yield again;
  }
  // A provider without an end marker is truncated by leaving out its last event.
  if (script.ending === "truncated" && answer.streamed) {
    yield* answer.terminal > 0 ? beforeEnd : answer.pieces.slice(0, -1);
    return;
  }
  yield* answer.pieces;
}

function withLineEnds(text: string, eol: "lf" | "crlf" | "cr" | undefined): string {
  if (eol === undefined) return text;
  const end = { lf: "\n", crlf: "\r\n", cr: "\r" }[eol];
  return text.replace(/\r\n|\n/g, end);
}
