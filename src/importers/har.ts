import { count } from "../cassette/count.ts";
import { parseJson } from "../streams/parse-json.ts";
import type { Imported, Importer } from "./imported.ts";
import { interactionOf } from "./interaction.ts";
import { bytesOf, fieldsOf, fromBase64, fromPieces, headersOf, listOf, numberOf, textOf } from "./values.ts";

/** HTTP Archives: of a browser's network panel, of proxies, and of Polly.js. */
export const har: Importer = {
  from: "HAR",
  matches: (content) => Array.isArray(fieldsOf(fieldsOf(content).log).entries),
  read: (content) => readHar(fieldsOf(fieldsOf(content).log)),
};

function readHar(log: Readonly<Record<string, unknown>>): Imported {
  const entries = listOf(log.entries).map(fieldsOf);
  const times = entries.map(({ startedDateTime }) => Date.parse(textOf(startedDateTime)));
  const began = Math.min(...times.filter(Number.isFinite));
  let empty = 0;
  let failed = 0;
  const interactions = entries.flatMap((entry, index) => {
    const request = fieldsOf(entry.request);
    const response = fieldsOf(entry.response);
    const status = numberOf(response.status) ?? 0;
    if (status === 0) {
      failed++;
      return [];
    }
    const content = fieldsOf(response.content);
    if (content.text === undefined && (numberOf(content.size) ?? 0) > 0) empty++;
    const time = times[index] as number;
    return interactionOf({
      at: Number.isFinite(time) ? time - began : 0,
      method: textOf(request.method),
      url: textOf(request.url),
      requestHeaders: headersOf(request.headers),
      requestBody: postedBytes(fieldsOf(request.postData)),
      status,
      statusText: textOf(response.statusText),
      responseHeaders: headersOf(response.headers),
      responseBody: contentBytes(content),
      timing: timingOf(entry),
    });
  });
  const spread = interactions.filter(
    ({ response }) => response.timing !== undefined && response.chunks.length > 1,
  );
  const isPolly = /polly/i.test(textOf(fieldsOf(log.creator).name));
  return {
    from: isPolly ? "Polly.js" : "HAR",
    interactions,
    notes: [
      ...(empty === 0
        ? []
        : [`${empty} of the responses have no body in the file: export "HAR with content".`]),
      ...(spread.length === 0
        ? []
        : [
            `The file does not say when each event of a stream came: those of ${count(spread.length, "stream")} are spread ` +
              "evenly between the headers and the end. Record again to assert on token timing.",
          ]),
      ...(failed === 0 ? [] : [`${failed} of the requests have no response and were left out.`]),
    ],
  };
}

function postedBytes({ text, params, encoding }: Readonly<Record<string, unknown>>): Uint8Array {
  if (typeof text === "string" && text !== "")
    return encoding === "base64" ? fromBase64(text) : bytesOf(text);
  const form = new URLSearchParams(
    listOf(params).map((each) => [textOf(fieldsOf(each).name), textOf(fieldsOf(each).value)]),
  );
  return bytesOf(form.toString());
}

/** Polly.js keeps binary bodies as a JSON list of pieces. */
function contentBytes({ text, encoding, _isBinary }: Readonly<Record<string, unknown>>): Uint8Array {
  if (typeof text !== "string") return new Uint8Array();
  const pieces =
    text.startsWith("[") && (_isBinary === true || encoding === "base64") ? parseJson(text) : undefined;
  if (Array.isArray(pieces) && pieces.every((piece) => typeof piece === "string")) return fromPieces(pieces);
  return encoding === "base64" ? fromBase64(text) : bytesOf(text);
}

function timingOf({ time, timings }: Readonly<Record<string, unknown>>) {
  const end = numberOf(time);
  if (end === undefined || end <= 0) return undefined;
  const receive = Math.max(0, numberOf(fieldsOf(timings).receive) ?? 0);
  return { headers: Math.max(0, end - receive), end };
}
