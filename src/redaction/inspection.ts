import type { ValuePath } from "./allow-list.ts";
import { FORM, PERCENT } from "./encodings.ts";
import { eventTexts, jsonTexts } from "./event-texts.ts";
import type { Finding } from "./finder.ts";
import { JoinedDeltas, type JoinedText } from "./joined-deltas.ts";
import type { JsonString } from "./json-strings.ts";
import { isWorthHiding, mentionsIn, schemeLength } from "./names.ts";
import { type Edit, NestedText, type Place } from "./nested-text.ts";
import { type Placeholders, toLabel } from "./placeholder.ts";
import { type PlacedSecret, replaceSecrets } from "./replace-secrets.ts";
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
} from "./text-parts.ts";
import { truncatedSecrets } from "./truncated-secrets.ts";

/** How deep JSON in strings of JSON is followed. */
const MAX_DEPTH = 6;
/** A shorter text holds nothing in JSON. */
const MIN_JSON = 6;

/** What an inspection looks for. */
export interface InspectionMode {
  /** Whether names of fields, headers and parameters say what is secret. */
  readonly names: boolean;
  /** Whether the text is only shown: then values of the environment in base64 are replaced too, which breaks that. */
  readonly isShown?: boolean;
  /** What to write for a placeholder; `undefined` leaves it. */
  readonly placeholder?: ((text: string) => string | undefined) | undefined;
  /** Rewrites every text, instead of looking for secrets. */
  readonly rewrite?: ((text: string) => string) | undefined;
}

/** Finds what is secret in one body, header or URL. */
export class Inspection {
  readonly root: NestedText;
  readonly #secrets: PlacedSecret[] = [];
  readonly #rules: Rules;
  readonly #mode: InspectionMode;
  readonly #path: ValuePath;

  /** `path`: what the text is, for `allow`: `["request", "body"]`. */
  constructor(text: string, rules: Rules, mode: InspectionMode, path: ValuePath) {
    this.root = new NestedText(text);
    this.#rules = rules;
    this.#mode = mode;
    this.#path = path;
  }

  /** The edits that replace what was found, without what the user allows. */
  edits(placeholders: Placeholders): readonly Edit[] {
    if (this.#secrets.length === 0) return [];
    const { hasPaths } = this.#rules.allowed;
    const secrets = hasPaths ? this.#secrets.filter((secret) => !this.#isAllowed(secret)) : this.#secrets;
    replaceSecrets(secrets, placeholders);
    return this.root.edits;
  }

  /** Reads a body by what it is. Content types lie, so they decide only if looking does not. */
  body(contentType: string): void {
    this.#body(this.root, contentType);
    this.#searchAll(this.root);
    this.#truncated(this.root.text, (start, end) => [
      this.root.locate(start, end) ?? { node: this.root, start, end },
    ]);
  }

  /** A text of no known structure. */
  text(): void {
    const node = this.root;
    this.#rewrite(node.text, (start, end) => [{ node, start, end }]);
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
    this.#named(this.root, name, start, end);
  }

  /** Finds secrets that a message names in passing. */
  mentions(node = this.root): void {
    if (!this.#mode.names) return;
    for (const { name, start, end } of mentionsIn(node.text, this.#rules.isSecretField)) {
      const place = node.locate(start, end) ?? { node, start, end };
      this.#add(node.text, { start, end, type: toLabel(name), by: "parameter" }, [place]);
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
      this.#stream(node, eventTexts(node, [...eventsIn(text)], this.#wantsScalar));
    } else if (/x-www-form-urlencoded/i.test(contentType) || looksLikeForm(text)) {
      this.#fields(node, formFieldsIn(text), this.#rules.isSecretField, 0);
    } else {
      const events = [...eventsIn(text)];
      const isStream = events.some(({ prefix }) => prefix !== "");
      if (isStream) this.#stream(node, eventTexts(node, events, this.#wantsScalar));
      else this.#nest(node, 0);
    }
  }

  /** A part of a multipart body may be a whole request, with headers of its own. */
  #head(head: NestedText): NestedText {
    this.mentions(head);
    return head;
  }

  #content(content: NestedText, name: string): NestedText {
    if (this.#rules.isSecretField(name)) this.#named(content, name);
    this.#body(content, "");
    return content;
  }

  /** The strings of all events, which may be pieces of a text in an answer. */
  #stream(node: NestedText, texts: readonly NestedText[]): void {
    node.children = texts;
    const deltas = new JoinedDeltas();
    if (this.#path[0] === "response" && this.#mode.placeholder === undefined) {
      for (const text of texts) if (text.field?.kind !== "scalar") deltas.add(text);
    }
    const joined = deltas.texts();
    const pieces = new Set(joined.flatMap(({ pieces }) => pieces.map(({ node }) => node)));
    for (const text of texts) this.#string(text, 0, pieces.has(text));
    for (const text of joined) this.#whole(text);
    if (this.#mode.rewrite === undefined) this.#pieces(deltas);
  }

  /** Reads what a stream says as a whole. */
  #whole(joined: JoinedText): void {
    const { text } = joined;
    if (this.#mode.rewrite !== undefined) {
      this.#rewrite(text, (start, end) => joined.places(start, end));
      return;
    }
    const json = jsonIn(text);
    if (json === -1) return;
    for (const { field, text: value, start, end } of jsonTexts(new NestedText(text), json)) {
      if (field === undefined || !this.#isNamed(field, value)) continue;
      const places = joined.places(start + schemeLength(value), end);
      this.#add(value, { start: 0, end: value.length, type: toLabel(field.name), by: "parameter" }, places);
    }
  }

  /** Finds the secrets of which a stream has pieces. */
  #pieces(deltas: JoinedDeltas): void {
    for (const joined of deltas.ways()) {
      const placesOf = (start: number, end: number): readonly Place[] =>
        joined.places(start, end).map((place) => place.node.locate(place.start, place.end) ?? place);
      for (const finding of this.#rules.finder.find(joined.text)) {
        this.#found(joined.text, finding, placesOf(finding.start, finding.end));
      }
      this.#truncated(joined.text, placesOf);
    }
    for (const node of deltas.longer()) {
      this.#truncated(node.text, (start, end) => [node.locate(start, end) ?? { node, start, end }]);
    }
  }

  #string(node: NestedText, depth: number, isPiece = false): void {
    const { field, text } = node;
    if (field !== undefined && this.#isNamed(field, text)) this.#named(node, field.name);
    if (field?.kind !== "scalar" && !isPiece) this.#nest(node, depth);
  }

  /** JSON in a text: in a string of JSON, between words. */
  #nest(node: NestedText, depth: number): void {
    const { text } = node;
    const json = text.length < MIN_JSON || depth >= MAX_DEPTH ? -1 : jsonIn(text);
    if (json === -1 || (this.#mode.rewrite !== undefined && json !== 0)) {
      this.#rewrite(text, (start, end) => [{ node, start, end }]);
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
    for (const { name, value } of values) this.#named(value, name);
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
      if (place !== undefined) this.#found(node.text, finding, [place]);
    }
    this.#searchEncoded(node);
  }

  #searchEncoded(node: NestedText): void {
    for (const child of node.children) {
      if (child.isEncoded) this.#searchAll(child);
      else if (child.children.length > 0) this.#searchEncoded(child);
    }
  }

  #found(text: string, finding: Finding, places: readonly Place[]): void {
    if (finding.by === "placeholder") {
      const placeholder = text.slice(finding.start, finding.end);
      this.#replace(placeholder, places, this.#mode.placeholder?.(placeholder) ?? placeholder);
    } else if (finding.by !== "encoded" || this.#mode.isShown) {
      const type = finding.by === "parameter" ? toLabel(finding.type) : finding.type;
      this.#add(text, { ...finding, type }, places);
    }
  }

  /** Finds secrets whose ends are missing. Only responses are cut. */
  #truncated(text: string, placesOf: (start: number, end: number) => readonly Place[]): void {
    if (!this.#mode.names || this.#mode.rewrite !== undefined) return;
    if (this.#path[0] !== "response" || this.#path[1] !== "body") return;
    for (const finding of truncatedSecrets(text, this.#rules.secrets)) {
      // What is whole has been found, and may have something behind it.
      const { start, end } = finding;
      const isWhole = this.#rules.finder.find(text.slice(start, end)).some((each) => each.start === 0);
      if (!isWhole) this.#add(text, { ...finding, by: "shape" }, placesOf(start, end));
    }
  }

  /** Lets the user's function rewrite a text. Only what changed is written. */
  #rewrite(before: string, placesOf: (start: number, end: number) => readonly Place[]): void {
    const { rewrite } = this.#mode;
    if (rewrite === undefined || before === "") return;
    const after = rewrite(before);
    if (after === before) return;
    let tail = 0;
    const most = Math.min(before.length, after.length);
    while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
    let start = 0;
    while (start < most - tail && before[start] === after[start]) start++;
    // What is only inserted has no place of its own: it goes with the character before or after.
    if (start === before.length - tail) {
      if (start > 0) start--;
      else tail--;
    }
    const end = before.length - tail;
    this.#replace(before.slice(start, end), placesOf(start, end), after.slice(start, after.length - tail));
  }

  #named(node: NestedText, name: string, start = 0, end = node.text.length): void {
    if (!this.#mode.names || start >= end) return;
    const from = start + schemeLength(node.text.slice(start, end));
    const finding: Finding = { start: from, end, type: toLabel(name), by: "parameter" };
    this.#add(node.text, finding, [{ node, start: from, end }]);
  }

  #add(text: string, { start, end, type, by, value }: Finding, places: readonly Place[]): void {
    const secret = value ?? text.slice(start, end);
    const { allowed } = this.#rules;
    if (places.length === 0 || (by !== "value" && allowed.hasText(text, start, end))) return;
    const isAllowable = by !== "value" && by !== "shape";
    if (isAllowable && allowed.hasShape(secret)) return;
    const isWhole = by === "value" || by === "custom";
    this.#secrets.push({ places, secret, type: this.#rules.typeOf(secret, type), isWhole, isAllowable });
  }

  #replace(secret: string, places: readonly Place[], replacement: string): void {
    if (places.length > 0) this.#secrets.push({ places, secret, type: "", replacement });
  }

  #isAllowed({ isAllowable, places }: PlacedSecret): boolean {
    if (!isAllowable) return false;
    return places.every(({ node }) => this.#rules.allowed.hasPath([...this.#path, ...node.path]));
  }

  readonly #wantsScalar = (name: string): boolean => this.#mode.names && this.#rules.isSecretField(name);

  /** Whether a string is a secret by its name, or by that of what it is the value of: `{ "name": "api_key", "value": "..." }`. */
  #isNamed({ container, kind, name }: JsonString, text: string): boolean {
    if (!this.#mode.names || container === undefined) return false;
    const { isSecretField } = this.#rules;
    // A tool that fetches is given headers. A cookie without a name in it is something to eat.
    if (kind === "string" && /^(?:set-?)?cookies?$/i.test(name)) return text.includes("=");
    if (!isSecretField(name)) {
      if (kind !== "string" || (name !== "value" && name !== "stringValue")) return false;
      const isValue = isSecretField(container.label) || isSecretField(container.name);
      return isValue && isWorthHiding(text);
    }
    // A piece of text with its probability is called a token too.
    if (container.hasProbability) return false;
    // Ids of tokens are numbers; a password of digits alone is longer than most of them.
    if (kind === "scalar") return /^-?\d{6,}$/.test(text) && !/token$/i.test(name);
    return isWorthHiding(text);
  }
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
