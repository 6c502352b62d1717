import { h } from "./dom.ts";
import { type GrowingText, textAfter } from "./stream.ts";

/** All that is ahead of a playhead, on the whole page: the browser paints it dim without a new layout. */
const ahead = typeof Highlight === "undefined" ? undefined : new Highlight();
if (ahead !== undefined) CSS.highlights.set("ahead", ahead);

/** A text that grows with its stream. What has not arrived at the playhead is dim. */
export interface GrowingView {
  readonly element: HTMLElement;
  /**
   * Shows the text with the part that had arrived after `chunks`. Scrolls there if `follow`. Stays at the end if it was
   * there.
   */
  show(growing: GrowingText, chunks: number, follow: boolean): void;
  close(): void;
}

/** Makes the view. */
export function growingView(label: string): GrowingView {
  const text = document.createTextNode("");
  const element = h("div", { class: "pane-text", tabindex: 0, role: "region", "aria-label": label }, text);
  const range = new Range();
  ahead?.add(range);
  return {
    element,
    show(growing, chunks, follow) {
      if (text.data !== growing.text) {
        const isAtEnd = element.scrollTop + element.clientHeight > element.scrollHeight - 10;
        if (growing.text.startsWith(text.data)) text.appendData(growing.text.slice(text.length));
        else text.data = growing.text;
        if (isAtEnd) element.scrollTop = element.scrollHeight;
      }
      const arrived = textAfter(growing, chunks).length;
      range.setStart(text, arrived);
      range.setEnd(text, text.length);
      if (!follow) return;
      const edge = range.getClientRects()[0];
      if (edge === undefined) return;
      const { top, height } = element.getBoundingClientRect();
      if (edge.top < top || edge.top > top + height - 30) element.scrollTop += edge.top - top - height / 2;
    },
    close() {
      ahead?.delete(range);
    },
  };
}
