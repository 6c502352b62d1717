import { readFileSync } from "node:fs";
import type { CassetteEvent } from "../events/event.ts";
import { aboutSession } from "./about-session.ts";
import { Sessions } from "./model.ts";

/** The content of the page: recorded events, or those of a live server. */
export interface PageContent {
  readonly title: string;
  readonly events: readonly CassetteEvent[];
  /** Whether the page connects to the server that it came from. */
  readonly live?: boolean;
}

/**
 * Returns the page as one HTML file: no other file and no network is needed. Without JavaScript it shows a table of
 * the sessions.
 */
export function renderPage({ title, events, live = false }: PageContent): string {
  const lines = events.map((event) => JSON.stringify(event)).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${live ? '<meta name="cassette-live" content="true">\n' : ""}<title>${escapeHtml(title)}</title>
<style>${asset("page.css")}</style>
</head>
<body>
<div id="page">
<header><h1>${escapeHtml(title)}</h1></header>
<main>${summaryTable(events)}</main>
</div>
<script type="application/x-ndjson" id="events">${lines.replaceAll("<", "\\u003c")}</script>
<script type="module">${asset("page-client.js").replaceAll("</script", "<\\/script")}</script>
</body>
</html>
`;
}

/** Reads a file that the build puts next to the modules of the package. */
function asset(name: string): string {
  return readFileSync(new URL(`./${name}`, import.meta.url), "utf8");
}

function summaryTable(events: readonly CassetteEvent[]): string {
  const sessions = new Sessions();
  for (const event of events) sessions.add(event);
  const rows = sessions.list.map(
    (session) =>
      `<tr><th scope="row">${escapeHtml(session.start?.test ?? session.id)}</th>` +
      `<td>${escapeHtml(session.start?.cassette ?? "")}</td><td>${escapeHtml(aboutSession(session))}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">Test</th><th scope="col">Cassette</th><th scope="col">Content</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
