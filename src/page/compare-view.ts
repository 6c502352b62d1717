import { compareTexts, type Piece } from "./compare-text.ts";
import { fill, h } from "./dom.ts";
import { duration } from "./figures.ts";
import type { RequestItem } from "./model.ts";
import { streamOf } from "./stream.ts";
import { waterfall } from "./waterfall.ts";

/** A stream that can be compared with another one. */
export interface ComparedStream {
  readonly title: string;
  readonly item: RequestItem;
}

/** A choice of other streams, and below it both pictures on one scale and the texts side by side. */
export function compareView(own: ComparedStream, others: () => readonly ComparedStream[]): HTMLElement {
  const result = h("div", { class: "comparison" });
  const choice = h("select", {
    "aria-label": "Compare with another recording",
    onchange: () => {
      const other = listed[Number(choice.value)];
      if (other === undefined) fill(result);
      else show(other);
    },
  });
  let listed: readonly ComparedStream[] = [];
  const list = (): void => {
    const selected = choice.value;
    listed = others().filter(({ item }) => item !== own.item);
    fill(
      choice,
      h("option", { value: "" }, "Compare with…"),
      ...listed.map(({ title }, index) => h("option", { value: index }, title)),
    );
    choice.value = selected;
  };
  choice.addEventListener("focus", list);
  choice.addEventListener("pointerdown", list);
  list();

  function show(other: ComparedStream): void {
    const streams = [streamOf(own.item), streamOf(other.item)] as const;
    const longest = Math.max(streams[0].duration, streams[1].duration);
    const pictures = [waterfall(), waterfall()] as const;
    const pieces = compareTexts(streams[0].text.text, streams[1].text.text);
    const side = (index: 0 | 1, title: string, kind: Piece["kind"]): HTMLElement =>
      h(
        "section",
        { class: "pane" },
        h("h3", {}, title),
        h("p", { class: "muted" }, aboutTimes(streams[index])),
        h(
          "div",
          { class: "pane-text", tabindex: 0, role: "region", "aria-label": `Text of ${title}` },
          ...pieces
            .filter((piece) => piece.kind === "same" || piece.kind === kind)
            .map((piece) =>
              piece.kind === "same" ? piece.text : h(kind === "left" ? "del" : "ins", {}, piece.text),
            ),
        ),
      );
    fill(
      result,
      pictures[0].element,
      pictures[1].element,
      h("div", { class: "panes" }, side(0, own.title, "left"), side(1, other.title, "right")),
    );
    pictures[0].draw(streams[0], longest);
    pictures[1].draw(streams[1], longest);
  }

  return h("div", { class: "compare" }, choice, result);
}

function aboutTimes({ firstToken, duration: whole, isTimed, times }: ReturnType<typeof streamOf>): string {
  if (!isTimed) return `${times.length} chunks, no timing`;
  const token = firstToken === undefined ? "" : `first token ${duration(firstToken)}, `;
  return `${token}end ${duration(whole)}, ${times.length} chunks`;
}
