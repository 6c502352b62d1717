import type { ValuePath } from "./allow-list.ts";
import { FORM, PERCENT } from "./encodings.ts";
import { Findings, type InspectionMode } from "./findings.ts";
import { JoinedDeltas, type JoinedText } from "./joined-deltas.ts";
import { eventTexts, JsonString, jsonTexts } from "./json-strings.ts";
import { mentionsIn, schemeLength } from "./names.ts";
import { type Edit, NestedText, type Place } from "./nested-text.ts";
import { type Placeholders, toLabel } from "./placeholder.ts";
import type { Rules } from "./rules.ts";
import {
  eventsIn,
  type FormField,
  formFieldsIn,
  jsonIn,
  looksLikeForm,
  looksLikeJson,
  looksLikeSse,
  partsIn,
  type TextEvent,
} from "./text-parts.ts";

/** How deep JSON in strings of JSON is followed. */
const MAX_DEPTH = 6;
/** A shorter text holds nothing in JSON. */
const MIN_JSON = 6;

/** Finds what is secret in one body, header or URL. */
export class Inspection {
  readonly root: NestedText;
  /** What a body of events says, in each way in which its pieces may belong together. */
  says: readonly string[] | undefined;
  readonly #findings: Findings;
  readonly #rules: Rules;
  readonly #mode: InspectionMode;
  readonly #isAnswer: boolean;

  /** `path`: what the text is, for `allow`: `["request", "body"]`. */
  constructor(text: string, rules: Rules, mode: InspectionMode, path: ValuePath) {
    this.root = NestedText.root(text);
    this.#rules = rules;
    this.#mode = mode;
    this.#findings = new Findings(rules, mode, path);
    this.#isAnswer = path[0] === "response";
  }

  /** The edits that replace what was found, without what the user allows. */
  edits(placeholders: Placeholders): readonly Edit[] {
    return this.#findings.replace(placeholders) ? this.root.edits : [];
  }

  /** Reads a body by what it is. Content types lie, so they decide only if looking does not. */
  body(contentType: string): void {
    this.#body(this.root, contentType);
    this.#searchAll(this.root);
    this.#findings.truncated(this.root.text, (start, end) => [
      this.root.locate(start, end) ?? { node: this.root, start, end },
    ]);
  }

  /** A text of no known structure. */
  text(): void {
    const node = this.root;
    this.#findings.rewrite(node.text, (start, end) => [{ node, start, end }]);
    this.#searchAll(node);
  }

  /** A URL: the credentials before its host, its parameters by name, and all of it by what it holds. */
  url(): void {
    const { text } = this.root;
    if (this.#mode.rewrite !== undefined) {
      this.text();
      return;
    }
    const user = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(text);
    if (user !== null && user[1] !== "") {
      const end = user[0].length - 1;
      this.named("userinfo", end - (user[1] as string).length, end);
    }
    const hash = text.indexOf("#");
    const stop = hash === -1 ? text.length : hash;
    const query = text.indexOf("?");
    const fields = [
      ...(query !== -1 && query < stop ? formFieldsIn(text, query + 1, stop) : []),
      ...(hash === -1 ? [] : formFieldsIn(text, hash + 1)),
    ];
    this.#fields(this.root, fields, this.#rules.isSecretParameter, query === -1 ? stop : query);
    this.#searchAll(this.root);
  }

  /** Takes all of the text from `start` to `end` as the value of something called `name`. */
  named(name: string, start?: number, end?: number): void {
    this.#findings.named(this.root, name, start, end);
  }

  /** Finds secrets that a message names in passing. */
  mentions(node = this.root): void {
    if (!this.#mode.names) return;
    for (const { name, start, end } of mentionsIn(node.text, this.#rules.isSecretField)) {
      this.#findings.named(node, name, start, end);
    }
  }

  #body(node: NestedText, contentType: string): void {
    const { text } = node;
    const parts = partsIn(text, contentType);
    if (parts !== undefined) {
      node.children = parts.flatMap(({ name, head, content }) => [
        this.#head(node.nested(head.start, head.end)),
        this.#content(node.nested(content.start, content.end), name),
      ]);
    } else if (looksLikeJson(text)) {
      this.#stream(node, jsonTexts(node, 0, this.#wantsScalar));
    } else if (looksLikeSse(text)) {
      this.#events(node, [...eventsIn(text)]);
    } else if (/x-www-form-urlencoded/i.test(contentType) || looksLikeForm(text)) {
      this.#fields(node, formFieldsIn(text), this.#rules.isSecretField, 0);
    } else {
      const events = [...eventsIn(text)];
      const isStream = events.some(({ prefix }) => prefix !== "");
      if (isStream) this.#events(node, events);
      else this.#nest(node, 0);
    }
  }

  /** A part of a multipart body may be a whole request, with headers of its own. */
  #head(head: NestedText): NestedText {
    this.mentions(head);
    return head;
  }

  #content(content: NestedText, name: string): NestedText {
    if (this.#rules.isSecretField(name)) this.#findings.named(content, name);
    this.#body(content, "");
    return content;
  }

  #events(node: NestedText, events: readonly TextEvent[]): void {
    const ways = this.#stream(node, eventTexts(node, events, this.#wantsScalar));
    if (node === this.root) this.says = ways?.map(({ text }) => text);
  }

  /** The strings of all events, which may be pieces of a text in an answer. */
  #stream(node: NestedText, texts: readonly NestedText[]): readonly JoinedText[] | undefined {
    node.children = texts;
    const isAnswer = this.#isAnswer && this.#mode.placeholder === undefined;
    const deltas = isAnswer ? new JoinedDeltas(texts) : undefined;
    const joined = deltas?.texts() ?? [];
    for (const text of joined) text.mark();
    for (const text of texts) this.#string(text, 0);
    for (const text of joined) this.#whole(text);
    return deltas && this.#mode.rewrite === undefined ? this.#pieces(deltas) : undefined;
  }

  /** Reads what a stream says as a whole. */
  #whole(joined: JoinedText): void {
    const { text } = joined;
    if (this.#mode.rewrite !== undefined) {
      this.#findings.rewrite(text, (start, end) => joined.places(start, end));
      return;
    }
    const json = jsonIn(text);
    if (json === -1) return;
    for (const each of jsonTexts(NestedText.root(text), json)) {
      if (!this.#isNamed(each)) continue;
      const { text: value, start, end, place } = each;
      const places = joined.places(start + schemeLength(value), end);
      const type = toLabel(place.name);
      this.#findings.add(value, { start: 0, end: value.length, type, by: "parameter" }, places);
    }
  }

  /** Finds the secrets of which a stream has pieces. */
  #pieces(deltas: JoinedDeltas): readonly JoinedText[] {
    const ways = deltas.ways();
    for (const joined of ways) {
      const placesOf = (start: number, end: number): readonly Place[] =>
        joined.places(start, end).map((place) => place.node.locate(place.start, place.end) ?? place);
      for (const finding of this.#rules.finder.find(joined.text)) {
        this.#findings.found(joined.text, finding, placesOf(finding.start, finding.end));
      }
      this.#findings.truncated(joined.text, placesOf);
    }
    for (const node of deltas.longer()) {
      this.#findings.truncated(node.text, (start, end) => [node.locate(start, end) ?? { node, start, end }]);
    }
    return ways;
  }

  #string(node: NestedText, depth: number): void {
    const json = node instanceof JsonString ? node : undefined;
    if (json !== undefined && this.#isNamed(json)) this.#findings.named(json, json.place.name);
    if (json?.isScalar || node.isPiece) return;
    // A string without a backslash has no quotes in it, so no JSON.
    if (json?.isEscaped !== false || this.#mode.rewrite !== undefined) this.#nest(node, depth);
  }

  /** JSON in a text: in a string of JSON, between words. */
  #nest(node: NestedText, depth: number): void {
    const { text } = node;
    const json = text.length < MIN_JSON || depth >= MAX_DEPTH ? -1 : jsonIn(text);
    if (json === -1 || (this.#mode.rewrite !== undefined && json !== 0)) {
      this.#findings.rewrite(text, (start, end) => [{ node, start, end }]);
      return;
    }
    node.children = jsonTexts(node, json, this.#wantsScalar, isJson(text));
    for (const child of node.children) this.#string(child, depth + 1);
  }

  /** The values of a form, or of the parameters of a URL; and what else is percent-encoded, with `+` for a space after `from`. */
  #fields(
    node: NestedText,
    fields: readonly FormField[],
    isSecret: (name: string) => boolean,
    from: number,
  ): void {
    const isRewritten = this.#mode.rewrite !== undefined;
    const values = fields
      .filter(({ name, start, end }) => start < end && (isRewritten || isSecret(name)))
      .map(({ name, start, end }) => ({ name, value: node.nested(start, end, FORM) }));
    for (const { name, value } of values) this.#findings.named(value, name);
    node.children = values.map(({ value }) => value);
    const others = isRewritten ? [] : encodedIn(node, from);
    for (const other of others) if (looksLikeJson(other.text)) this.#nest(other, 0);
    node.children = [...node.children, ...others].sort((a, b) => a.start - b.start);
    if (isRewritten) for (const { value } of values) this.#nest(value, 0);
  }

  /** Finds secrets in a text and in what is nested in it. */
  #searchAll(node: NestedText): void {
    if (this.#mode.rewrite !== undefined) return;
    for (const finding of this.#rules.finder.find(node.text)) {
      const place = node.locate(finding.start, finding.end);
      if (place !== undefined) this.#findings.found(node.text, finding, [place]);
    }
    this.#searchEncoded(node);
  }

  #searchEncoded(node: NestedText): void {
    for (const child of node.children) {
      if (child.isEncoded) this.#searchAll(child);
      else if (child.children.length > 0) this.#searchEncoded(child);
    }
  }

  #isNamed(text: JsonString): boolean {
    return this.#mode.names && text.isSecret(this.#rules.isSecretField);
  }

  readonly #wantsScalar = (name: string): boolean => this.#mode.names && this.#rules.isSecretField(name);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Words with quotes, or JSON that was cut.
    return false;
  }
}

/** The stretches of a URL or form that are percent-encoded, or have a placeholder, and are in no child yet. */
function encodedIn(node: NestedText, from: number): readonly NestedText[] {
  return [...node.text.matchAll(/[^/?&=#\s"']+/g)].flatMap(({ 0: written, index }) => {
    if (!/%[\da-f]{2}|\+|<redacted/i.test(written)) return [];
    const end = index + written.length;
    if (node.isTaken(index, end)) return [];
    return [node.nested(index, end, index < from ? PERCENT : FORM)];
  });
}
