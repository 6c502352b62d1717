import { parse, stringify } from "yaml";
import { placesIn, renderTape } from "../../src/format/index.ts";
import { describeEntry } from "../../src/session/describe-entry.ts";
import type { BenchCase } from "../support/bench-case.ts";
import { chatAnswer, chatRequest } from "../support/chat.ts";
import { cpuTime } from "../support/clock.ts";
import { chatPost, recordingOf, redactor } from "../support/session-parts.ts";

const OURS = "vitest-cassette";
const LIMIT = "yaml's stringify of the same content";

/** Redacts, renders and scans a recorded stream. */
const benchCase: BenchCase = {
  title: "Writing a tape of 3 MB (10,000 chunks), with the scan for secrets",
  unit: "ms",
  variants: [OURS, LIMIT],
  together: true,
  launches: 3,
  repeats: 5,
  warmUps: 1,
  targets: [{ of: OURS, than: [LIMIT], atMost: 1 }],
  prepare(variant) {
    const redact = (text: string): string => redactor.redactText(text);
    const render = (recorded = recording()): string => {
      const response = redactor.redactResponse(recorded.response);
      const interactions = [{ ...recorded, response }];
      const text = renderTape(
        { version: 1, interactions },
        { describe: (each, index) => describeEntry(each, index, redact) },
      );
      redactor.assertClean(text, "tape.yaml", placesIn, interactions);
      return text;
    };
    if (variant === OURS) {
      return () => {
        // What is known about an earlier one would be found again.
        const recorded = recording();
        return cpuTime(() => render(recorded));
      };
    }
    const content: unknown = parse(render());
    return () => cpuTime(() => stringify(content));
  },
};

export default benchCase;

function recording(): ReturnType<typeof recordingOf> {
  const request = chatRequest(0, 10_000);
  const encoder = new TextEncoder();
  const chunks = chatAnswer(request).map((chunk) => encoder.encode(chunk));
  const { response, ...rest } = recordingOf(chatPost(request));
  return {
    ...rest,
    response: {
      ...response,
      headers: [["content-type", "text/event-stream; charset=utf-8"]],
      chunks,
      timing: { headers: 310.2, chunks: chunks.map((_, index) => 400 + index * 12.3) },
    },
  };
}
