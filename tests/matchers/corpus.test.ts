import { describe, expect, test } from "vitest";
import { hasSeveralChoices } from "../../src/compare/streams/restart.ts";
import { decodeStream } from "../../src/providers/decode-stream.ts";
import { encodeText } from "../../src/streams/text.ts";
import { loadCorpus } from "../providers/load-corpus.ts";
import "./support.ts";

const corpus = loadCorpus() ?? [];

describe.skipIf(corpus.length === 0)("captured streams (CASSETTE_CORPUS)", () => {
  const streams = corpus
    // A file of payloads may hold several answers.
    .filter(({ file }) => !file.endsWith(".chunks.txt"))
    .map(({ file, bytes, response }) => {
      const decode = (body: Uint8Array) => decodeStream({ ...response, chunks: [{ bytes: body }] });
      return { file, bytes, decode, trace: decode(bytes) };
    })
    .filter(({ trace }) => trace.events.length > 0);

  test("raise no false alarm", () => {
    for (const { file, trace } of streams) {
      expect(trace, file).toHaveNoDuplicateEvents();
      if (trace.events.some(({ decoded }) => decoded.length > 0) && !hasSeveralChoices(trace)) {
        expect(trace, file).toHaveNoRestart();
      }
      if (
        trace.events.some(
          ({ payload }) => (payload as { sequence_number?: number })?.sequence_number !== undefined,
        )
      ) {
        expect(trace, file).toHaveNoSequenceGaps();
      }
    }
  });

  /** Streams of lines with at least twelve events with content, cut into the bytes of each event. */
  const cut = streams.flatMap(({ file, bytes, decode, trace }) => {
    const separator = trace.framing === "sse" ? /(?<=\n\n)/ : /(?<=\n)/;
    const events = new TextDecoder().decode(bytes).replaceAll("\r\n", "\n").split(separator);
    const content = trace.events.filter(({ hasContent }) => hasContent);
    if (content.length < 12 || events.length !== trace.events.length || file.endsWith(".gz")) return [];
    return [{ file, trace, events, again: (parts: readonly string[]) => decode(encodeText(parts.join(""))) }];
  });

  test("are known as duplicated when each event comes twice", () => {
    expect(cut.length).toBeGreaterThan(20);
    for (const { file, events, again } of cut) {
      const doubled = again(events.flatMap((event) => [event, event]));
      expect(doubled, file).not.toHaveNoDuplicateEvents();
    }
  });

  test("are known as restarted when they begin again in the middle", () => {
    for (const { file, trace, events, again } of cut) {
      if (trace.text.length < 40 || hasSeveralChoices(trace)) continue;
      const withText = trace.events.filter(({ hasText }) => hasText);
      const middle = withText[Math.floor(withText.length / 2)]?.index ?? 0;
      expect(again([...events.slice(0, middle), ...events]), file).not.toHaveNoRestart();
    }
  });
});
