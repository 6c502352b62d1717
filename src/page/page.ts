import type { CassetteEvent } from "../events/event.ts";
import type { ComparedStream } from "./compare-view.ts";
import { fill, h } from "./dom.ts";
import { type Session, Sessions, titleOf } from "./model.ts";
import { sessionList } from "./session-list.ts";
import { type SessionView, sessionView } from "./session-view.ts";

/** How often what runs is drawn again if nothing happens, in milliseconds: gaps grow. */
const TICK = 250;
/** How much longer than a drawing took the page rests after it, so that it always answers to people. */
const REST = 3;

/** The whole page: a search, a list of sessions, and the selected one. */
export class Page {
  readonly #sessions = new Sessions();
  readonly #changed = new Set<Session>();
  readonly #status = h("p", { class: "status", role: "status" });
  readonly #search = h("input", {
    type: "search",
    placeholder: "Search tests, prompts, answers",
    "aria-label": "Search",
    oninput: () => this.#list.filter(this.#search.value.toLowerCase().split(/\s+/).filter(Boolean)),
  });
  readonly #list = sessionList();
  readonly #main = h("main", { id: "session" });
  #selected: string | undefined;
  #view: SessionView | undefined;
  #isScheduled = false;
  /** When the page may draw again, on the clock of `performance`. */
  #restUntil = 0;
  /** Whether sessions may still run; or when the connection was lost, in milliseconds since 1970. */
  #live: boolean | number = false;

  /** @param root is emptied and filled */
  constructor(root: HTMLElement) {
    fill(
      root,
      h("header", {}, h("h1", {}, "Cassettes"), this.#search, this.#status),
      h("div", { class: "columns" }, this.#list.element, this.#main),
    );
    this.#selected = sessionInUrl();
    window.addEventListener("hashchange", () => this.#select(sessionInUrl()));
    window.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** Shows that the page is connected: what runs is drawn as it grows. Forgets what was before, since it comes again. */
  connected(): void {
    this.#clear();
    fill(this.#main, h("p", { class: "muted" }, "Nothing has happened yet."));
    this.#status.textContent = "live";
    if (this.#live === false) {
      setInterval(() => {
        if (this.#live === true && this.#view?.session.end === undefined) this.#view?.update();
      }, TICK);
    }
    this.#live = true;
  }

  disconnected(reason: string): void {
    this.#status.textContent = reason;
    if (this.#live === true) this.#live = Date.now();
  }

  /** Adds events and draws them soon. */
  add(events: Iterable<CassetteEvent>): void {
    for (const event of events) this.#changed.add(this.#sessions.add(event));
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(
      () =>
        requestAnimationFrame(() => {
          this.#isScheduled = false;
          const started = performance.now();
          this.#draw();
          const ended = performance.now();
          this.#restUntil = ended + (ended - started) * REST;
        }),
      Math.max(0, this.#restUntil - performance.now()),
    );
  }

  #clear(): void {
    this.#sessions.clear();
    this.#changed.clear();
    this.#list.clear();
    this.#view?.close();
    this.#view = undefined;
    fill(this.#main);
  }

  #draw(): void {
    this.#list.update(this.#changed);
    const shown = this.#shown();
    if (shown !== undefined && this.#view?.session !== shown) this.#show(shown);
    else if (shown !== undefined && this.#changed.has(shown)) this.#view?.update();
    this.#changed.clear();
  }

  #shown(): Session | undefined {
    const { list } = this.#sessions;
    return list.find(({ id }) => id === this.#selected) ?? list[0];
  }

  #show(session: Session): void {
    this.#view?.close();
    this.#view = sessionView(session, { streams: () => this.#streams(), now: () => this.#now() });
    fill(this.#main, this.#view.element);
    this.#view.update();
    this.#list.select(session.id);
  }

  #now(): number | undefined {
    if (this.#live === false) return undefined;
    return this.#live === true ? Date.now() : this.#live;
  }

  #select(id: string | undefined): void {
    this.#selected = id;
    const shown = this.#shown();
    if (shown === undefined) return;
    this.#show(shown);
    this.#main.querySelector("h2")?.focus();
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

function sessionInUrl(): string | undefined {
  const hash = decodeURIComponent(location.hash.slice(1));
  return hash || (new URLSearchParams(location.search).get("session") ?? undefined);
}
