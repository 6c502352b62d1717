import { expect, test } from "vitest";
import { traceStream } from "../../src/providers/trace-stream.ts";
import { DONE, errorOf, failureOf, says, sse, streamOf } from "./support.ts";

const key = `sk-proj-${"abcDEF123456".repeat(4)}T3BlbkFJ${"abcDEF123456".repeat(4)}`;
/** Each piece by itself is nothing that anybody would know. */
const pieces = ["The key is ", key.slice(0, 6), key.slice(6, 40), key.slice(40), "."];
const leaking = streamOf([...pieces.map(says), DONE]);

test("a failure prints no secret, in one piece or in several", () => {
  expect(leaking).toHaveStreamedText(`The key is ${key}.`);
  const error = errorOf(() => expect(leaking).toHaveStreamedText("The key is none.")) as Error & {
    actual: unknown;
  };
  expect(error.actual).toBe("The key is <redacted:openai-key>.");
  expect(error.message).toMatchInlineSnapshot(`
    "expected the text to be "The key is none.", but it is "The key is <redacted:openai-key>."

    openai chat gpt-5-mini · 6 events in 6 chunks · 33 characters · no timing
        0  chat.completion.chunk  text "The key is "
      > 1  chat.completion.chunk  text "<redacted:openai-key>"
        2  chat.completion.chunk  (no content)
        3  chat.completion.chunk  (no content)
        …"
  `);
  expect(failureOf(() => expect(leaking).not.toHaveStreamedText(`The key is ${key}.`))).not.toContain(
    key.slice(8, 20),
  );
});

test("an application that passes a secret on does not put it into the log or into a snapshot", async () => {
  const traced = traceStream(
    new Response(pieces.map(says).join(""), { headers: { "content-type": "text/event-stream" } }),
  );
  await traced.done;
  const messages = [
    failureOf(() => expect(traced).toHaveChunkCount(7)),
    failureOf(() => expect(traced).toHaveEventSequence(["message"])),
    failureOf(() => expect(traced).toMatchUpstream(streamOf([says("The key is none."), DONE]))),
    failureOf(() => expect(traced).toHaveTerminated()),
  ];
  for (const message of messages) {
    expect(message).toMatch(/^expected /);
    for (const piece of pieces.slice(2, 4)) expect(message).not.toContain(piece.slice(0, 12));
  }
  expect(traced.trace).toMatchInlineSnapshot(`
    StreamTrace openai-compatible chat gpt-5-mini {
      events: chat.completion.chunk × 5
      text: "The key is <redacted:openai-key>."
      end: truncated, no end marker
    }
  `);
});

test("field names of the application do not turn its text into secrets", () => {
  const own = streamOf([sse({ token: "Why" }), sse({ token: " not" })], { url: "" });
  expect(failureOf(() => expect(own).toHaveEventCount(3))).toContain('{"token":"Why"}');
});
