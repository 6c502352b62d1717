import { aboutSession } from "./about-session.ts";
import type { ComparedStream } from "./compare-view.ts";
import { fill, h, setText } from "./dom.ts";
import { duration, shown } from "./figures.ts";
import {
  depthOf,
  endOf,
  type Item,
  lengthOf,
  type NoteItem,
  type Session,
  type ToolItem,
  titleOf,
} from "./model.ts";
import { type Detail, requestView } from "./request-view.ts";

/** One session: its figures, and a timeline with one line an item. */
export interface SessionView {
  readonly session: Session;
  readonly element: HTMLElement;
  /** Shows what came since. */
  update(): void;
  close(): void;
}

/** The page, as a session's view uses it. */
export interface SessionSurroundings {
  /** Lists the streams of all sessions, to compare with. */
  streams(): readonly ComparedStream[];
  /** Returns the milliseconds since 1970 if sessions may still run. */
  now(): number | undefined;
}

/** Makes the view. */
export function sessionView(session: Session, page: SessionSurroundings): SessionView {
  const figures = h("p", { class: "muted" });
  const rows = h("ol", { class: "timeline" });
  const drawn = new Map<string, Row>();
  /** The row that was opened because its request runs. */
  let watched: Row | undefined;
  let hasOpened = false;
  const start = session.start;
  const element = h(
    "article",
    { class: "session" },
    h("h2", { tabindex: -1 }, start?.test ?? session.id),
    h(
      "p",
      { class: "muted" },
      [start?.cassette, start?.testFile, start?.mode].filter((part) => part !== undefined).join(" · "),
    ),
    figures,
    rows,
  );

  function update(): void {
    const now = session.end === undefined ? page.now() : undefined;
    setText(figures, aboutSession(session, now));
    const length = Math.max(1, lengthOf(session, now));
    for (const item of session.items) {
      let row = drawn.get(item.key);
      if (row === undefined) {
        row = rowOf(item, session, page);
        drawn.set(item.key, row);
        rows.append(row.element);
        if (now !== undefined && item.kind === "request" && item.result === undefined) watch(row);
      }
      row.update(length);
    }
    const [first] = session.items;
    // A report of a single request, at the first time.
    if (now === undefined && drawn.size === 1 && !hasOpened) drawn.get(first?.key ?? "")?.open();
    hasOpened = true;
  }

  /** Opens a request that runs, and closes the one before. */
  function watch(row: Row): void {
    watched?.close();
    watched = row;
    row.open();
  }

  return {
    session,
    element,
    update,
    close() {
      for (const row of drawn.values()) row.close();
    },
  };
}

interface Row {
  readonly element: HTMLElement;
  update(length: number): void;
  open(): void;
  close(): void;
}

function rowOf(item: Item, session: Session, page: SessionSurroundings): Row {
  const sinceStart = (): number | undefined => {
    const now = session.end === undefined ? page.now() : undefined;
    return now === undefined ? undefined : now - session.began - item.start;
  };
  const bar = h("span", { class: "bar" });
  const title = h("span", { class: "title" });
  const time = h("span", { class: "muted time" });
  const button = h(
    "button",
    {
      type: "button",
      class: "row",
      "aria-expanded": "false",
      onclick: () => (detail === undefined ? open() : shut()),
    },
    title,
    h("span", { class: "track" }, bar),
    time,
  );
  const element = h(
    "li",
    { class: `item ${kindOf(item)}`, style: `--depth:${depthOf(item, session)}` },
    button,
  );
  let detail: Detail | undefined;

  function open(): void {
    if (detail !== undefined) return;
    detail = item.kind === "request" ? requestView(item, page.streams, sinceStart) : valueView(item);
    button.setAttribute("aria-expanded", "true");
    element.append(detail.element);
    detail.update();
  }

  function shut(): void {
    detail?.close();
    detail?.element.remove();
    detail = undefined;
    button.setAttribute("aria-expanded", "false");
  }

  function timeOf({ kind, start }: Item, end: number | undefined): string {
    if (kind === "note") return `at ${duration(start)}`;
    if (end !== undefined) return duration(end - start);
    const now = sinceStart();
    if (session.end !== undefined) return "did not end";
    return now === undefined ? "running" : `${duration(Math.max(0, now))} …`;
  }

  return {
    element,
    open,
    close: shut,
    update(length) {
      const end = endOf(item);
      setText(title, titleOf(item));
      element.classList.toggle("running", end === undefined && session.end === undefined);
      element.classList.toggle("failed", hasFailed(item));
      const until = end ?? length;
      bar.style.left = `${(item.start / length) * 100}%`;
      bar.style.width = `${Math.max(0, ((until - item.start) / length) * 100)}%`;
      setText(time, timeOf(item, end));
      detail?.update();
    },
  };
}

function kindOf(item: Item): string {
  return item.kind === "note" ? item.event.type : item.kind;
}

function hasFailed(item: Item): boolean {
  if (item.kind === "request") return item.result?.error !== undefined || (item.result?.status ?? 0) >= 400;
  if (item.kind === "tool") return item.result?.error !== undefined;
  return item.kind === "note" && item.event.type === "miss";
}

function valueView(item: Exclude<Item, { kind: "request" }>): Detail {
  const element = h("div", { class: "detail" });
  return {
    element,
    update() {
      const blocks = blocksOf(item).filter(([, text]) => text !== "");
      fill(
        element,
        ...blocks.map(([name, text]) =>
          h("details", { open: true }, h("summary", {}, name), h("pre", {}, text)),
        ),
      );
      if (blocks.length === 0) fill(element, h("p", { class: "muted" }, "Nothing more is recorded."));
    },
    close() {},
  };
}

function blocksOf(item: Exclude<Item, { kind: "request" }>): readonly (readonly [string, string])[] {
  switch (item.kind) {
    case "tool":
      return toolBlocks(item);
    case "step":
      return [];
    case "note":
      return noteBlocks(item);
  }
}

function toolBlocks({ call, result }: ToolItem): readonly (readonly [string, string])[] {
  const error = result?.error;
  return [
    ["Input", shown(call.input)],
    ["Output", shown(result?.output)],
    ["Error", error === undefined ? "" : [error.name, error.message].filter(Boolean).join(": ")],
  ];
}

function noteBlocks({ event }: NoteItem): readonly (readonly [string, string])[] {
  switch (event.type) {
    case "checkpoint":
      return [["Value", shown(event.value)]];
    case "miss":
      return [["Miss", event.message]];
    case "bypass":
      return [["Reason", event.reason]];
    case "log":
      return [["Data", shown(event.data)]];
  }
}
