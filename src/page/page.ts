import type { CassetteEvent } from "../events/event.ts";
import type { ComparedStream } from "./compare-view.ts";
import { fill, h } from "./dom.ts";
import { counted } from "./figures.ts";
import { figuresOf, type Session, Sessions, searchText, titleOf } from "./model.ts";
import { type SessionView, sessionView } from "./session-view.ts";

/** The whole page: a search, a list of sessions, and the selected one. */
export class Page {
  readonly #sessions = new Sessions();
  readonly #changed = new Set<Session>();
  readonly #status = h("p", { class: "status", role: "status" });
  readonly #search = h("input", {
    type: "search",
    placeholder: "Search tests, prompts, answers",
    "aria-label": "Search",
    oninput: () => this.#drawList(),
  });
  readonly #list = h("ul", { class: "sessions" });
  readonly #main = h("main", { id: "session" });
  #selected: string | undefined;
  #view: SessionView | undefined;
  #frame: number | undefined;

  /** @param root is emptied and filled */
  constructor(root: HTMLElement) {
    fill(
      root,
      h("header", {}, h("h1", {}, "Cassettes"), this.#search, this.#status),
      h("div", { class: "columns" }, h("nav", { "aria-label": "Sessions" }, this.#list), this.#main),
    );
    this.#selected = sessionInUrl();
    window.addEventListener("hashchange", () => this.#select(sessionInUrl()));
    window.addEventListener("keydown", (event) => this.#onKey(event));
  }

  setStatus(text: string): void {
    this.#status.textContent = text;
  }

  /** Adds events and draws them in the next frame. */
  add(events: Iterable<CassetteEvent>): void {
    for (const event of events) this.#changed.add(this.#sessions.add(event));
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  /** Forgets everything: a live view that connects again gets it all once more. */
  clear(): void {
    this.#sessions.clear();
    this.#view?.close();
    this.#view = undefined;
    fill(this.#main);
  }

  #draw(): void {
    this.#drawList();
    const shown = this.#shown();
    if (shown === undefined) return;
    if (this.#view === undefined) this.#show(shown);
    else if (this.#changed.has(shown)) this.#view.update();
    this.#changed.clear();
  }

  #shown(): Session | undefined {
    const { list } = this.#sessions;
    return list.find(({ id }) => id === this.#selected) ?? list[0];
  }

  #show(session: Session): void {
    this.#view?.close();
    this.#view = sessionView(session, () => this.#streams());
    fill(this.#main, this.#view.element);
    this.#view.update();
  }

  #select(id: string | undefined): void {
    this.#selected = id;
    const shown = this.#shown();
    if (shown === undefined) return;
    this.#show(shown);
    this.#drawList();
    this.#main.querySelector("h2")?.focus();
  }

  #drawList(): void {
    const wanted = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = this.#shown();
    const found = this.#sessions.list.filter((session) => {
      if (wanted.length === 0) return true;
      const text = searchText(session);
      return wanted.every((word) => text.includes(word));
    });
    fill(
      this.#list,
      ...found.map((session) => h("li", {}, link(session, session === shown))),
      found.length === 0 && h("li", { class: "muted" }, "Nothing found."),
    );
  }

  #onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const isField = target.matches("input, select, textarea");
    if (event.key === "/" && !isField) {
      event.preventDefault();
      this.#search.focus();
    }
    if ((event.key !== "j" && event.key !== "k") || isField) return;
    const { list } = this.#sessions;
    const index = list.indexOf(this.#shown() as Session);
    const next = list[index + (event.key === "j" ? 1 : -1)];
    if (next !== undefined) location.hash = encodeURIComponent(next.id);
  }

  #streams(): readonly ComparedStream[] {
    return this.#sessions.list.flatMap((session) =>
      session.items.flatMap((item) =>
        item.kind === "request"
          ? [{ title: `${session.start?.test ?? session.id} · ${item.key} · ${titleOf(item)}`, item }]
          : [],
      ),
    );
  }
}

function link(session: Session, isShown: boolean): HTMLElement {
  const { requests, misses } = figuresOf(session);
  const state = session.end === undefined ? "running" : session.end.failed || misses > 0 ? "failed" : "done";
  return h(
    "a",
    {
      href: `#${encodeURIComponent(session.id)}`,
      class: `link ${state}`,
      "aria-current": isShown ? "true" : undefined,
    },
    h("span", { class: "link-test" }, session.start?.test ?? session.id),
    h("span", { class: "muted" }, `${session.start?.cassette ?? ""} · ${counted(requests, "request")}`),
  );
}

function sessionInUrl(): string | undefined {
  const hash = decodeURIComponent(location.hash.slice(1));
  return hash || (new URLSearchParams(location.search).get("session") ?? undefined);
}
