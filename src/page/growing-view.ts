import { h } from "./dom.ts";
import { type GrowingText, lengthAfter } from "./stream.ts";

/** The text after each playhead, in its block: the browser paints it dim without a new layout. */
const ahead = typeof Highlight === "undefined" ? undefined : new Highlight();
if (ahead !== undefined) CSS.highlights.set("ahead", ahead);

/** Characters of a block. The browser lays out and paints only the blocks in view. */
const BLOCK = 2_000;

/** A text that grows with its stream. What has not arrived at the playhead is dim. */
export interface GrowingView {
  readonly element: HTMLElement;
  /** Shows the text with the part that had arrived after `chunks`. Scrolls there if `follow`. */
  show(growing: GrowingText, chunks: number, follow: boolean): void;
  close(): void;
}

interface Block {
  readonly start: number;
  readonly node: Text;
  readonly element: HTMLElement;
}

/** Makes the view. */
export function growingView(label: string): GrowingView {
  const element = h("div", { class: "pane-text", tabindex: 0, role: "region", "aria-label": label });
  const range = new Range();
  ahead?.add(range);
  let text = "";
  let blocks: Block[] = [];

  function write(next: string): void {
    if (next === text) return;
    // The last block is not full yet.
    const kept = next.startsWith(text) ? blocks.slice(0, -1) : [];
    for (const block of blocks.slice(kept.length)) block.element.remove();
    const start = kept.length === 0 ? 0 : (blocks[kept.length]?.start ?? 0);
    const added = cut(next, start).map((from, index, starts): Block => {
      const node = document.createTextNode(next.slice(from, starts[index + 1]));
      return { start: from, node, element: h("div", { class: "text-block" }, node) };
    });
    element.append(...added.map((block) => block.element));
    blocks = [...kept, ...added];
    text = next;
  }

  return {
    element,
    show(growing, chunks, follow) {
      write(growing.text);
      const arrived = lengthAfter(growing, chunks);
      for (const block of blocks) block.element.classList.toggle("ahead", block.start >= arrived);
      const block = blocks.findLast(({ start }) => start < arrived) ?? blocks[0];
      if (block === undefined) return;
      const { node, start } = block;
      range.setStart(node, Math.min(arrived - start, node.length));
      range.setEnd(node, node.length);
      if (follow) scrollTo(element, block, arrived);
    },
    close() {
      ahead?.delete(range);
    },
  };
}

/** Returns where the blocks of a text start from `start` on: after a line if possible, else after a word. */
function cut(text: string, start: number): readonly number[] {
  const starts = [start];
  for (let from = start; text.length - from > BLOCK; ) {
    const piece = text.slice(from, from + BLOCK);
    const end = [piece.lastIndexOf("\n"), piece.lastIndexOf(" ")].find((at) => at > BLOCK / 2) ?? BLOCK - 1;
    from += end + 1;
    starts.push(from);
  }
  return starts;
}

function scrollTo(element: HTMLElement, { element: block, node, start }: Block, arrived: number): void {
  const edge = new Range();
  edge.setStart(node, Math.min(arrived - start, node.length));
  // A block out of view has no layout yet: it gets one when it comes into view.
  const at = edge.getClientRects()[0] ?? block.getBoundingClientRect();
  const { top, height } = element.getBoundingClientRect();
  if (at.top < top || at.top > top + height - 30) element.scrollTop += at.top - top - height / 2;
}
