import { Channels } from "./channels.ts";
import { percentDecoded } from "./decode.ts";
import { looksLikeForm, multipartBoundary, multipartParts, urlEncodedFields } from "./forms.ts";
import type { Inspection } from "./inspection.ts";
import { jsonIn, looksLikeJson } from "./json-text.ts";
import type { Rules } from "./rules.ts";
import { looksLikeSse, sseEvents } from "./sse-events.ts";
import { SliceView, type View } from "./view.ts";

/**
 * Looks for secrets in a body, by what it is: content types lie, so they only decide where looking does not.
 */
export function inspectDocument(inspection: Inspection, rules: Rules, view: View, contentType: string): void {
  const { text } = view;
  inspection.search(view);
  inspection.tails(view);
  const boundary = multipartBoundary(contentType, text);
  if (boundary !== undefined) {
    for (const { name, head, content } of multipartParts(view, boundary)) {
      // A part may be a whole request, with headers of its own.
      inspection.mentions(head);
      if (content.text !== "" && rules.isSecretField(name)) inspection.named(content, name);
      inspectDocument(inspection, rules, content, "");
    }
  } else if (looksLikeJson(text)) inspection.json(view);
  else if (looksLikeSse(text)) inspectEvents(inspection, view);
  else if (/x-www-form-urlencoded/i.test(contentType) || looksLikeForm(text)) {
    inspectForm(inspection, rules, view);
  } else {
    const json = jsonIn(text);
    if (json !== -1) inspection.json(new SliceView(view, json, text.length));
    // In a text of no structure what is encoded is looked for anyway.
    inspection.text(view);
    return;
  }
  inspection.encoded(view);
}

/** Each event's data, and what the events come to together. */
function inspectEvents(inspection: Inspection, view: View): void {
  const channels = new Channels();
  for (const event of sseEvents(view)) {
    if (looksLikeJson(event.text) || /^\s*"/.test(event.text)) {
      inspection.readJson(event, inspection.root, channels, 0);
    } else channels.addText(event);
  }
  inspection.channels(channels, 0);
}

function inspectForm(inspection: Inspection, rules: Rules, view: View): void {
  for (const { name, start, end } of urlEncodedFields(view.text)) {
    const value = percentDecoded(view, start, end, true);
    if (rules.isSecretField(name) && (start < end || inspection.countsEmpty)) {
      inspection.named(value, name);
    }
    inspection.rewrite(value);
    inspection.search(value);
    if (looksLikeJson(value.text)) inspection.json(value);
  }
}

/**
 * Looks for secrets in a URL: the credentials before its host, its parameters by name, and all of it by
 * what it holds.
 */
export function inspectUrl(inspection: Inspection, rules: Rules, view: View): void {
  const { text } = view;
  const user = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(text);
  if (user !== null && user[1] !== "") {
    const end = user[0].length - 1;
    inspection.named(new SliceView(view, end - (user[1] as string).length, end), "userinfo");
  }
  const hash = text.indexOf("#");
  const query = text.indexOf("?");
  const stop = hash === -1 ? text.length : hash;
  if (query !== -1 && query < stop) inspectQuery(inspection, rules, view, query + 1, stop);
  if (hash !== -1) inspectQuery(inspection, rules, view, hash + 1, text.length);
  inspection.text(view);
}

function inspectQuery(inspection: Inspection, rules: Rules, view: View, from: number, to: number): void {
  for (const { name, start, end } of urlEncodedFields(view.text, from, to)) {
    if (start === end) continue;
    const value = percentDecoded(view, start, end, true);
    if (rules.isSecretParameter(name)) inspection.named(value, name);
    if (looksLikeJson(value.text)) inspection.json(value);
  }
}
