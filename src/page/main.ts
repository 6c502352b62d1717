import type { CassetteEvent } from "../events/event.ts";
import { Page } from "./page.ts";

/** Milliseconds before the page connects again. */
const RECONNECT = 1_000;
/** The code of WebSocket with which the server says that it stops. */
const GOING_AWAY = 1_001;

const root = document.getElementById("page");
if (root !== null) start(new Page(root));

/** Shows the events inside of the page, or those that its server sends. */
function start(page: Page): void {
  const embedded = document.getElementById("events")?.textContent;
  if (embedded) page.add(linesOf(embedded));
  if (document.querySelector("meta[name=cassette-live]") !== null) connect(page);
}

function connect(page: Page): void {
  const url = new URL(`events${location.search}`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  socket.addEventListener("open", () => page.connected());
  socket.addEventListener("message", ({ data }) => page.add(linesOf(String(data))));
  socket.addEventListener("close", ({ code, reason }) => {
    if (code === GOING_AWAY) {
      // The next run has another token.
      page.disconnected(reason);
      return;
    }
    page.disconnected("not connected");
    setTimeout(() => connect(page), RECONNECT);
  });
}

function* linesOf(text: string): Iterable<CassetteEvent> {
  for (const line of text.split("\n")) if (line.trim() !== "") yield JSON.parse(line) as CassetteEvent;
}
