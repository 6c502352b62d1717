import fc from "fast-check";
import { expect, test } from "vitest";
import { excerpt } from "../../src/diagnosis/excerpt.ts";
import { wordChanges } from "../../src/diagnosis/word-changes.ts";
import { hold } from "../support/hold.ts";

const changes = (live: string, recorded: string) =>
  wordChanges(live, recorded).map((run) => (run.kind === "same" ? run.text : [run.live, run.recorded]));

test("one word in another's place is one change", () => {
  expect(changes("best practices for typescript code", "best practices for javascript code")).toEqual([
    "best practices for ",
    ["typescript", "javascript"],
    " code",
  ]);
});

test("words put in or left out are changes against nothing", () => {
  expect(changes("a b c", "a c")).toEqual(["a ", ["b ", ""], "c"]);
  expect(changes("a c", "a b c")).toEqual(["a ", ["", "b "], "c"]);
});

test("two changes apart stay apart, neighbouring words are one", () => {
  expect(changes("one two three four five", "one 2 three 4 five")).toEqual([
    "one ",
    ["two", "2"],
    " three ",
    ["four", "4"],
    " five",
  ]);
  expect(changes("one two three four", "one 2 3 four")).toEqual(["one ", ["two three", "2 3"], " four"]);
});

test("texts too long to align are one change between what they begin and end with", () => {
  const many = (word: string) => Array.from({ length: 2000 }, (_, index) => `${word}${index}`).join(" ");
  const runs = wordChanges(`start ${many("a")} end`, `start ${many("b")} end`);
  expect(runs.map(({ kind }) => kind)).toEqual(["same", "changed", "same"]);
});

test("joined in order the runs are the texts again", () => {
  const word = fc.constantFrom("a", "b", "c", " ", "  ", "\n", "d e");
  const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(""));
  hold(
    fc.property(text, text, (live, recorded) => {
      const runs = wordChanges(live, recorded);
      expect(runs.map((run) => (run.kind === "same" ? run.text : run.live)).join("")).toBe(live);
      expect(runs.map((run) => (run.kind === "same" ? run.text : run.recorded)).join("")).toBe(recorded);
      for (const [index, run] of runs.entries()) expect(run.kind).not.toBe(runs[index + 1]?.kind);
    }),
  );
});

const FILLER = "You are a careful assistant who answers in as few words as the question allows. ".repeat(20);

test("a long prompt is cut around the word that differs", () => {
  expect(
    excerpt(
      `${FILLER}What are best practices for typescript in a large code base? ${FILLER}`,
      `${FILLER}What are best practices for javascript in a large code base? ${FILLER}`,
    ),
  ).toEqual({
    live: "…What are best practices for «typescript» in a large code base? You are…",
    recorded: "…What are best practices for «javascript» in a large code base? You are…",
  });
});

test("a change at the beginning or end is not cut there", () => {
  expect(excerpt(`Today ${FILLER}`, `Now ${FILLER}`)).toEqual({
    live: "«Today» You are a careful assistant…",
    recorded: "«Now» You are a careful assistant…",
  });
  expect(excerpt(`${FILLER}now`, `${FILLER}today`)).toEqual({
    live: "…words as the question allows. «now»",
    recorded: "…words as the question allows. «today»",
  });
});

test("several changes are shown with what stands between them cut, the rest left off", () => {
  const text = (words: readonly string[]) => words.join(` ${FILLER}`);
  const cut = excerpt(text(["a", "b", "c", "d", "e"]), text(["a", "B", "C", "D", "E"]));
  expect(cut.live).toBe(
    "…words as the question allows. «b» You are a careful assistant…words as the question allows. «c» You are a careful assistant…words as the question allows. «d» You are a careful assistant…",
  );
  expect(cut.recorded).toBe(cut.live.replace("«b»", "«B»").replace("«c»", "«C»").replace("«d»", "«D»"));
});

test("a word put in is shown against nothing", () => {
  expect(excerpt(`${FILLER}a b c`, `${FILLER}a c`)).toEqual({
    live: "…as the question allows. a «b »c",
    recorded: "…as the question allows. a «»c",
  });
});

test("a text without spaces is cut by characters", () => {
  const long = "語".repeat(300);
  expect(excerpt(`${long}一${long}`, `${long}二${long}`)).toEqual({
    live: `…${"語".repeat(32)}«一»${"語".repeat(32)}…`,
    recorded: `…${"語".repeat(32)}«二»${"語".repeat(32)}…`,
  });
});

test("a long change is cut itself", () => {
  const { live, recorded } = excerpt(`a ${"x".repeat(500)} b`, `a ${"y".repeat(500)} b`);
  expect(live).toBe(`a «${"x".repeat(80)}…» b`);
  expect(recorded).toBe(`a «${"y".repeat(80)}…» b`);
});

test("line ends and other invisible characters are shown", () => {
  expect(excerpt("one\ntwo\u2028three", "one\r\ntwo\u2028three")).toEqual({
    live: "one«\\n»two\\u2028three",
    recorded: "one«\\r\\n»two\\u2028three",
  });
});

test("an excerpt is short however long the texts, and tells them apart", () => {
  const text = fc.array(fc.constantFrom("lorem", "ipsum", "dolor", "sit", "\n", "x".repeat(50)), {
    maxLength: 200,
  });
  hold(
    fc.property(text, text, (a, b) => {
      const [live, recorded] = [a.join(" "), b.join(" ")];
      if (live === recorded) return;
      const cut = excerpt(live, recorded);
      expect(cut.live).not.toBe(cut.recorded);
      expect(cut.live.length).toBeLessThan(700);
      expect(cut.recorded.length).toBeLessThan(700);
    }),
  );
});
