import { h } from "./dom.ts";
import { duration } from "./figures.ts";
import type { RequestItem } from "./model.ts";

const ROW = 22;
const EXTRA = 10;

/** The chunks of a stream as they came, as a list that draws only the rows in view. */
export interface RawEvents {
  readonly element: HTMLElement;
  /** Shows the first `count` chunks, and scrolls to the last of them if `follow`. */
  show(item: RequestItem, count: number, follow: boolean): void;
}

/** Makes the list. */
export function rawEvents(): RawEvents {
  const rows = h("div", { class: "raw-rows" });
  const list = h("div", { class: "raw", tabindex: 0, role: "region", "aria-label": "Raw chunks" }, rows);
  const whole = h("pre", {
    class: "raw-whole",
    hidden: true,
    tabindex: 0,
    "aria-label": "The selected chunk",
  });
  let item: RequestItem | undefined;
  let shown = 0;
  let drawnRows = "";

  function draw(): void {
    if (item === undefined) return;
    const { chunks } = item;
    rows.style.height = `${chunks.length * ROW}px`;
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - EXTRA);
    const last = Math.min(chunks.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + EXTRA);
    const wanted = `${first} ${last} ${Math.min(Math.max(shown, first), last)}`;
    if (wanted === drawnRows) return;
    drawnRows = wanted;
    const drawn: HTMLElement[] = [];
    for (let index = first; index < last; index++) {
      const { at, bytes, data } = chunks[index] as RequestItem["chunks"][number];
      drawn.push(
        h(
          "button",
          {
            type: "button",
            class: index < shown ? "raw-row" : "raw-row ahead",
            style: `top:${index * ROW}px`,
            onclick: () => {
              whole.hidden = false;
              whole.textContent = data ?? `${bytes} bytes, not text`;
            },
          },
          h("span", { class: "muted" }, `${index + 1}  ${at === undefined ? "" : duration(at)}`),
          ` ${(data ?? `${bytes} bytes, not text`).slice(0, 400).replaceAll(/\s+/g, " ")}`,
        ),
      );
    }
    rows.replaceChildren(...drawn);
  }

  list.addEventListener("scroll", draw, { passive: true });
  return {
    element: h("div", { class: "raw-pane" }, list, whole),
    show(next, count, follow) {
      item = next;
      shown = count;
      if (follow) list.scrollTop = Math.max(0, count * ROW - list.clientHeight);
      draw();
    },
  };
}
