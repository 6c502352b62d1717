import { h, setText } from "./dom.ts";
import { counted } from "./figures.ts";
import { figuresOf, type Session, searchText } from "./model.ts";

/** The list of sessions, as links. Thousands of them may change at the same time. */
export interface SessionList {
  readonly element: HTMLElement;
  /** Draws the sessions that changed, and adds those that are new. */
  update(changed: Iterable<Session>): void;
  /** Marks the one that is shown. */
  select(id: string | undefined): void;
  /** Shows only the sessions that have all of these words. */
  filter(words: readonly string[]): void;
  clear(): void;
}

interface Entry {
  session: Session;
  readonly item: HTMLElement;
  readonly link: HTMLElement;
  readonly test: HTMLElement;
  readonly about: HTMLElement;
}

/** Makes the list. */
export function sessionList(): SessionList {
  const list = h("ul", { class: "sessions" });
  const nothing = h("p", { class: "nothing muted" }, "Nothing found.");
  const entries = new Map<string, Entry>();
  let words: readonly string[] = [];
  let selected: string | undefined;

  function entryOf(session: Session): Entry {
    const test = h("span", { class: "link-test" });
    const about = h("span", { class: "muted" });
    const link = h("a", { href: `#${encodeURIComponent(session.id)}`, class: "link" }, test, about);
    const item = h("li", {}, link);
    list.append(item);
    return { session, item, link, test, about };
  }

  function draw(entry: Entry): void {
    const { session, link, test, about } = entry;
    const { requests, misses } = figuresOf(session);
    const hasFailed = session.end?.failed === true || misses > 0;
    const facts = [
      session.start?.cassette,
      counted(requests, "request"),
      misses === 0 ? undefined : `${misses} ${misses === 1 ? "miss" : "misses"}`,
    ];
    setText(test, session.start?.test ?? session.id);
    setText(about, facts.filter((fact) => fact !== undefined).join(" · "));
    link.classList.toggle("running", session.end === undefined);
    link.classList.toggle("failed", hasFailed);
    sift(entry);
  }

  function sift({ session, item }: Entry): void {
    const text = words.length === 0 ? "" : searchText(session);
    item.hidden = !words.every((word) => text.includes(word));
  }

  function count(): void {
    nothing.hidden = entries.size === 0 || [...entries.values()].some(({ item }) => !item.hidden);
  }

  function mark(id: string | undefined): void {
    entries.get(selected ?? "")?.link.removeAttribute("aria-current");
    entries.get(id ?? "")?.link.setAttribute("aria-current", "true");
    selected = id;
  }

  count();
  return {
    element: h("nav", { "aria-label": "Sessions" }, list, nothing),
    update(changed) {
      for (const session of changed) {
        const entry = entries.get(session.id) ?? entryOf(session);
        entry.session = session;
        entries.set(session.id, entry);
        draw(entry);
      }
      count();
    },
    select: mark,
    filter(wanted) {
      words = wanted;
      for (const entry of entries.values()) sift(entry);
      count();
    },
    clear() {
      entries.clear();
      list.replaceChildren();
      count();
    },
  };
}
