import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Interaction, interactionsOf, type TapeEntry } from "../../src/cassette/model.ts";
import { describeInteraction } from "../../src/session/describe-interaction.ts";
import { mergeRecordings } from "../../src/session/merge-recordings.ts";
import { hold } from "../support/hold.ts";
import { bytes, CHAT_URL, chatEvents, interaction } from "./support.ts";

describe("the comment above an interaction", () => {
  const usage = bytes(`data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":13}}\n\n`);
  const chunks = [...chatEvents("a", "b").slice(0, 2), usage, bytes("data: [DONE]\n\n")];
  const timing = { headers: 300, chunks: [411.6, 430, 440, 441] };

  test("says who answered, how much, and how soon", () => {
    expect(describeInteraction(interaction(CHAT_URL, { chunks, timing }), 0)).toBe(
      "1 · openai chat · m · 13 tokens · first token 412 ms\n< ab",
    );
  });

  test("leaves out unknown facts, and mentions unusual ones", () => {
    const reset = {
      chunks: chunks.slice(0, 1),
      end: "reset",
      error: { message: "read ECONNRESET" },
    } as const;
    expect(describeInteraction(interaction(CHAT_URL, reset), 1)).toBe("2 · openai chat · m · reset\n< a");
    const one = bytes(
      JSON.stringify({
        model: "m",
        choices: [{ message: { content: "a" } }],
        usage: { completion_tokens: 1 },
      }),
    );
    const json = {
      headers: [["content-type", "application/json"]],
      chunks: [one],
      timing: { headers: 1, chunks: [2] },
    } as const;
    expect(describeInteraction(interaction(CHAT_URL, json), 0)).toBe("1 · openai chat · m · 1 token\n< a");
    const error = { ...json, status: 429, chunks: [bytes('{"error":{"message":"slow down"}}')] };
    expect(describeInteraction(interaction(CHAT_URL, error), 0)).toBe(
      "1 · openai chat · status 429\n< error: slow down",
    );
    const none = { status: 0, chunks: [], end: "reset", headers: [] } as const;
    expect(describeInteraction(interaction("http://files.example:81/a", none), 0)).toBe(
      "1 · files.example:81 · reset",
    );
  });

  test("has a headline of one line, whatever the model is called", () => {
    const named = bytes('data: {"model":"one\\ntwo # three","choices":[{"delta":{"content":"a"}}]}\n\n');
    expect(describeInteraction(interaction(CHAT_URL, { chunks: [named] }), 0)).toBe(
      "1 · openai chat · one two # three\n< a",
    );
  });
});

describe("old and new recordings", () => {
  const make = (name: string): Interaction => interaction(`${CHAT_URL}?${name}`, {});
  const names = (list: readonly TapeEntry[]) =>
    interactionsOf({ interactions: list })
      .map(({ request }) => request.url.split("?")[1])
      .join(" ");
  const [a, b, c, x, y] = ["a", "b", "c", "x", "y"].map(make) as [
    Interaction,
    Interaction,
    Interaction,
    Interaction,
    Interaction,
  ];

  test("stand in the order in which their requests were sent", () => {
    const additions = [
      { entry: x, after: a },
      { entry: y, after: a },
    ];
    expect(names(mergeRecordings([a, b, c], additions))).toBe("a x y b c");
  });

  test("begin with requests from before the first old one, or end with them if no old one was played", () => {
    expect(names(mergeRecordings([a, b], [{ entry: x, after: "start" }]))).toBe("x a b");
    expect(names(mergeRecordings([a, b], [{ entry: x, after: "end" }]))).toBe("a b x");
  });

  test("lose nothing, even if the recording before a new one is gone", () => {
    expect(names(mergeRecordings([a], [{ entry: x, after: b }]))).toBe("a x");
    hold(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 6 }),
        fc.array(fc.oneof(fc.nat(8), fc.constantFrom("start", "end")), { maxLength: 6 }),
        (oldOnes, afters) => {
          const pool = Array.from({ length: 9 }, (_, index) => make(String(index)));
          const old = pool.slice(0, oldOnes.length);
          const additions = afters.map((after, index) => ({
            entry: make(`new${index}`),
            after: typeof after === "number" ? pool[after]! : after,
          }));
          const merged = mergeRecordings(old, additions);
          expect(new Set(merged)).toEqual(new Set([...old, ...additions.map((each) => each.entry)]));
          expect(merged).toHaveLength(old.length + additions.length);
          expect(merged.filter((each) => (old as readonly TapeEntry[]).includes(each))).toEqual(old);
        },
      ),
    );
  });
});
