import type { ValuePath } from "./allow-list.ts";
import type { PlacedSecret } from "./edits.ts";
import type { Finding } from "./finder.ts";
import { hunksBetween } from "./hunks.ts";
import { JoinedDeltas } from "./joined-deltas.ts";
import { JsonPlace } from "./json-container.ts";
import { type JsonString, readJsonStrings } from "./json-strings.ts";
import { isWorthHiding, mentionsIn, schemeLength } from "./names.ts";
import { toLabel } from "./placeholder.ts";
import type { Rules } from "./rules.ts";
import {
  eventsIn,
  formFieldsIn,
  jsonIn,
  looksLikeForm,
  looksLikeJson,
  looksLikeSse,
  partsIn,
} from "./text-parts.ts";
import { truncatedSecrets } from "./truncated-secrets.ts";
import {
  type Escapes,
  FORM_ESCAPES,
  JSON_ESCAPES,
  PERCENT_ESCAPES,
  type Place,
  Slice,
  SourceText,
  Unescaped,
  type View,
} from "./view.ts";

/** How deep texts within texts are followed: JSON in a string of JSON and so on. */
const MAX_DEPTH = 6;

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

/** Finds what is secret in one body, header or URL, and where it is written. */
export class Inspection {
  readonly source: SourceText;
  readonly #secrets: PlacedSecret[] = [];
  readonly #allowed: { readonly start: number; readonly end: number }[] = [];
  readonly #rules: Rules;
  readonly #mode: InspectionMode;
  readonly #path: ValuePath;
  readonly #root = new JsonPlace();

  /** `path`: what the text is, for `allow`: `["request", "body"]`. */
  constructor(text: string, rules: Rules, mode: InspectionMode, path: ValuePath) {
    this.source = new SourceText(text);
    this.#rules = rules;
    this.#mode = mode;
    this.#path = path;
  }

  /** What was found, without what the user allows. */
  get secrets(): readonly PlacedSecret[] {
    const secrets = this.#rules.allowed.hasPaths
      ? this.#secrets.filter((secret) => !this.#isAllowed(secret))
      : this.#secrets;
    return this.#path[0] === "request" && this.#path[1] === "body" ? withoutRunOn(secrets) : secrets;
  }

  /** Reads a body by what it is. Content types lie, so they decide only if looking does not. */
  body(view: View, contentType: string): void {
    const { text } = view;
    this.search(view);
    this.#truncated(view);
    const parts = partsIn(view, contentType);
    if (parts !== undefined) {
      for (const { name, head, content } of parts) {
        // A part may be a whole request, with headers of its own.
        this.mentions(head);
        this.#unescaped(head);
        if (content.text !== "" && this.#rules.isSecretField(name)) this.named(content, name);
        this.body(content, "");
      }
    } else if (looksLikeJson(text)) this.#json(view);
    else if (looksLikeSse(text)) this.#events(eventsIn(view));
    else if (/x-www-form-urlencoded/i.test(contentType) || looksLikeForm(text)) this.#form(view);
    else {
      this.#events(eventsIn(view));
      const json = jsonIn(text);
      if (json !== -1) this.#readJson(sliceFrom(view, json), this.#root.child("text"), undefined, 0);
      this.#rewrite(view);
      this.#unescaped(view);
      return;
    }
    this.#unescaped(view, 0, [PERCENT_ESCAPES]);
  }

  /** A text of no known structure. */
  text(view: View): void {
    this.#rewrite(view);
    this.search(view);
    this.#unescaped(view);
  }

  /** A URL: the credentials before its host, its parameters by name, and all of it by what it holds. */
  url(view: View): void {
    const { text } = view;
    const user = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(text);
    if (user !== null && user[1] !== "") {
      const end = user[0].length - 1;
      this.named(new Slice(view, end - (user[1] as string).length, end), "userinfo");
    }
    const hash = text.indexOf("#");
    const stop = hash === -1 ? text.length : hash;
    const query = text.indexOf("?");
    if (query !== -1 && query < stop) this.#query(view, query + 1, stop);
    if (hash !== -1) this.#query(view, hash + 1, text.length);
    this.text(view);
  }

  /** Takes all of `view` as the value of something called `name`. */
  named(view: View, name: string, quoted = false): void {
    if (!this.#mode.names) return;
    const finding: Finding = {
      start: schemeLength(view.text),
      end: view.text.length,
      type: toLabel(name),
      by: "parameter",
    };
    this.#add(view, finding, quoted);
  }

  /** Finds secrets that a message names in passing. */
  mentions(view: View): void {
    if (!this.#mode.names) return;
    for (const { name, start, end } of mentionsIn(view.text, this.#rules.isSecretField)) {
      this.#add(view, { start, end, type: toLabel(name), by: "parameter" });
    }
  }

  /** Finds secrets by what they are and how they look. */
  search(view: View): void {
    if (this.#mode.rewrite !== undefined) return;
    for (const finding of this.#rules.finder.find(view.text)) {
      if (finding.by === "placeholder") {
        const placeholder = view.text.slice(finding.start, finding.end);
        this.#replace(view, finding, this.#mode.placeholder?.(placeholder) ?? placeholder);
      } else if (finding.by !== "encoded" || this.#mode.isShown) {
        this.#add(view, finding.by === "parameter" ? { ...finding, type: toLabel(finding.type) } : finding);
      }
    }
  }

  #json(view: View): void {
    const deltas = new JoinedDeltas();
    this.#readJson(view, this.#root, deltas, 0);
    this.#joined(deltas, 0);
  }

  #events(
    events: Iterable<{ readonly view: View; readonly prefix: string; readonly isJson: boolean }>,
  ): void {
    const deltas = new JoinedDeltas();
    for (const { view, prefix, isJson } of events) {
      if (isJson) this.#readJson(view, prefix === "" ? this.#root : this.#root.child(prefix), deltas, 0);
      else deltas.addText(view);
    }
    this.#joined(deltas, 0);
  }

  #form(view: View): void {
    for (const { name, start, end } of formFieldsIn(view.text)) {
      const value = new Unescaped(view, start, end, FORM_ESCAPES);
      if (start < end && this.#rules.isSecretField(name)) this.named(value, name);
      this.#rewrite(value);
      this.search(value);
      if (looksLikeJson(value.text)) this.#json(value);
    }
    this.#unescaped(view);
  }

  #query(view: View, from: number, to: number): void {
    for (const { name, start, end } of formFieldsIn(view.text, from, to)) {
      if (start === end) continue;
      const value = new Unescaped(view, start, end, FORM_ESCAPES);
      if (this.#rules.isSecretParameter(name)) this.named(value, name);
      if (this.#mode.placeholder !== undefined) this.search(value);
      if (looksLikeJson(value.text)) this.#json(value);
    }
  }

  #readJson(view: View, base: JsonPlace, deltas: JoinedDeltas | undefined, depth: number): void {
    readJsonStrings({
      view,
      base,
      wantsScalar: (name) => this.#mode.names && this.#rules.isSecretField(name),
      event: (strings) => {
        for (const string of strings) this.#string(string, deltas, depth);
      },
    });
  }

  #string(string: JsonString, deltas: JoinedDeltas | undefined, depth: number): void {
    const { kind, place, name, isEscaped } = string;
    this.#noteAllowed(string);
    const decodes = isEscaped || this.#mode.placeholder !== undefined;
    if (kind === "key") this.search(string.content);
    else if (kind === "scalar") {
      if (this.#isNamed(string)) this.named(string.content, name, true);
    } else {
      if (this.#isNamed(string)) this.named(string.content, name);
      if (this.#mode.rewrite !== undefined) this.#rewrite(string.content);
      else if (decodes) this.search(string.content);
      deltas?.add(string);
      // Shorter strings hold nothing besides themselves.
      if (string.end - string.start < 8 || depth >= MAX_DEPTH) return;
      const json = jsonIn(string.content.text);
      if (json === -1) {
        if (isEscaped) this.#unescaped(string.content, depth + 1);
        return;
      }
      this.#readJson(sliceFrom(string.content, json), place.child("json"), undefined, depth + 1);
    }
  }

  /** Finds what the strings of a stream come to together. */
  #joined(deltas: JoinedDeltas, depth: number): void {
    if (this.#mode.rewrite !== undefined) {
      for (const view of deltas.texts()) this.#rewrite(view);
      return;
    }
    for (const view of deltas.ways()) {
      this.search(view);
      this.#unescaped(view, depth + 1);
      this.#truncated(view);
    }
    for (const view of deltas.longer()) this.#truncated(view);
    for (const view of deltas.texts()) {
      const json = jsonIn(view.text);
      if (json !== -1)
        this.#readJson(sliceFrom(view, json), this.#root.child("joined"), undefined, depth + 1);
    }
  }

  /** Undoes the escapes in a text that is no JSON: of source code, of a URL. */
  #unescaped(view: View, depth = 0, ways: readonly Escapes[] = [JSON_ESCAPES, PERCENT_ESCAPES]): void {
    if (depth >= MAX_DEPTH || this.#mode.rewrite !== undefined) return;
    for (const escapes of ways) {
      if (!view.text.includes(escapes === JSON_ESCAPES ? "\\" : "%")) continue;
      const plain = new Unescaped(view, 0, view.text.length, escapes);
      if (plain.text.length === view.text.length) continue;
      this.search(plain);
      this.#unescaped(plain, depth + 1);
    }
  }

  /** Finds secrets whose ends are missing. Only responses are cut. */
  #truncated(view: View): void {
    if (!this.#mode.names || this.#mode.rewrite !== undefined) return;
    if (this.#path[0] !== "response" || this.#path[1] !== "body") return;
    for (const finding of truncatedSecrets(view.text, this.#rules.secrets)) {
      // What is whole has been found, and may have something behind it.
      const { start, end } = finding;
      const isWhole = this.#rules.finder.find(view.text.slice(start, end)).some((each) => each.start === 0);
      if (!isWhole) this.#add(view, { ...finding, by: "shape" });
    }
  }

  /** Lets the user's function rewrite a text. */
  #rewrite(view: View): void {
    const { rewrite } = this.#mode;
    if (rewrite === undefined || view.text === "") return;
    for (const { start, end, text } of hunksBetween(view.text, rewrite(view.text))) {
      // What is only inserted has no place of its own: it goes with the character before or after.
      const [from, to] = start < end ? [start, end] : start > 0 ? [start - 1, end] : [start, end + 1];
      const before = view.text.slice(from, start);
      const after = view.text.slice(end, to);
      this.#replace(view, { start: from, end: to }, before + text + after);
    }
  }

  #add(view: View, { start, end, type, by }: Finding, quoted = false): void {
    const secret = view.text.slice(start, end);
    const { allowed } = this.#rules;
    if (by !== "value" && allowed.hasText(view.text, start, end)) return;
    const places = view.places(start, end);
    if (places.length === 0 && secret !== "") return;
    const isAllowable = by !== "value" && by !== "shape";
    if (isAllowable && allowed.hasShape(secret)) return;
    const isWhole = by === "value" || by === "custom";
    this.#secrets.push({
      places,
      secret,
      type: this.#rules.typeOf(secret, type),
      quoted,
      isWhole,
      isAllowable,
    });
  }

  #replace(view: View, { start, end }: Pick<Finding, "start" | "end">, replacement: string): void {
    const places = view.places(start, end);
    if (places.length > 0)
      this.#secrets.push({ places, secret: view.text.slice(start, end), type: "", replacement });
  }

  #isAllowed({ isAllowable, places }: PlacedSecret): boolean {
    if (!isAllowable) return false;
    const isWithin = (place: Place): boolean =>
      this.#allowed.some(({ start, end }) => start <= place.start && place.end <= end);
    return this.#rules.allowed.hasPath(this.#path) || places.every(isWithin);
  }

  #noteAllowed(string: JsonString): void {
    const { allowed } = this.#rules;
    if (!allowed.hasPaths || !allowed.hasPath([...this.#path, ...string.path])) return;
    this.#allowed.push(...string.content.places(0, string.content.text.length));
  }

  /** Whether a string is a secret by its name, or by that of what it is the value of: `{ "name": "api_key", "value": "..." }`. */
  #isNamed(string: JsonString): boolean {
    const { container, kind, name } = string;
    if (!this.#mode.names || container === undefined) return false;
    const { isSecretField } = this.#rules;
    // A tool that fetches is given headers. A cookie without a name in it is something to eat.
    if (kind === "string" && /^(?:set-?)?cookies?$/i.test(name)) return string.content.text.includes("=");
    if (!isSecretField(name)) {
      if (kind !== "string" || (name !== "value" && name !== "stringValue")) return false;
      const isValue = isSecretField(container.label) || isSecretField(container.name);
      return isValue && isWorthHiding(string.content.text);
    }
    // A piece of text with its probability is called a token too.
    if (container.hasProbability) return false;
    // Ids of tokens are numbers; a password of digits alone is longer than most of them.
    if (kind === "scalar") return /^-?\d{6,}$/.test(string.content.text) && !/token$/i.test(name);
    return isWorthHiding(string.content.text);
  }
}

function sliceFrom(view: View, start: number): View {
  return start === 0 ? view : new Slice(view, start, view.text.length);
}

/**
 * The strings of a request are no pieces of a stream: if one ends in a secret, the beginning of the next is no part of
 * it, though the two joined look as if it were.
 */
function withoutRunOn(secrets: readonly PlacedSecret[]): readonly PlacedSecret[] {
  const single = new Set(
    secrets.filter(({ places }) => places.length === 1).map(({ places }) => places[0]?.start),
  );
  return secrets.filter(({ places }) => places.length < 2 || !single.has(places[0]?.start));
}
