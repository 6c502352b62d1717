import { base64Run, base64RunsIn, bytesInBase64, textInBase64 } from "./base64.ts";
import { Channels } from "./channels.ts";
import { hasEscapes, hasPercents, percentDecoded, unescaped } from "./decode.ts";
import type { Find } from "./edits.ts";
import { FindList } from "./find-list.ts";
import { hunksBetween } from "./hunks.ts";
import type { JsonLeaf } from "./json-leaf.ts";
import { JsonPlaces, type PathNode } from "./json-places.ts";
import { jsonIn, looksLikeJson } from "./json-text.ts";
import { isNamedSecret, mentionsIn, schemeLength } from "./named-secret.ts";
import { toLabel } from "./placeholder.ts";
import { readJson } from "./read-json.ts";
import type { Rules } from "./rules.ts";
import { Sources } from "./sources.ts";
import { tailsOf } from "./tails.ts";
import { type Embedding, JoinedView, SliceView, type Source, type View } from "./view.ts";

/** How deep texts within texts are followed: JSON in a string of JSON in base64 and so on. */
const MAX_DEPTH = 6;

/** What an inspection does about what it finds. */
export interface InspectionMode {
  /** Whether names tell secrets. The last gate has only texts. */
  readonly names: boolean;
  /** What is written for a placeholder that stands there already; `undefined` leaves it. */
  readonly placeholder?: ((text: string) => string | undefined) | undefined;
  /** Whether a secret name without a value counts, so that one machine without a key matches another with. */
  readonly emptyNames?: boolean;
  /** Whether every string is searched by itself, so that it is known how to write in it. */
  readonly everyString?: boolean;
  /** Rewrites every text, instead of looking for secrets. */
  readonly rewrite?: ((text: string) => string) | undefined;
}

/** Finds what is secret in one body, header or URL, in every form that it is written in. */
export class Inspection {
  readonly #finds: FindList;
  readonly #apart: View[] = [];
  readonly #rules: Rules;
  readonly #mode: InspectionMode;
  readonly #place: string;
  readonly #sources = new Sources();
  readonly #places = new JsonPlaces();

  /** `place`: where the text stands, for `allow`: `request.body`. */
  constructor(rules: Rules, mode: InspectionMode, place: string) {
    this.#rules = rules;
    this.#mode = mode;
    this.#place = place;
    this.#finds = new FindList(rules, place);
  }

  /** In the order in which they were opened, containers before what they contain. */
  get sources(): readonly Source[] {
    return this.#sources.all;
  }

  source(text: string, rank = 0, embedding?: Embedding): Source {
    return this.#sources.open(text, rank, embedding);
  }

  /** A text of no known structure. */
  text(view: View, depth = 0): void {
    this.rewrite(view);
    this.search(view);
    this.#loosely(view, depth);
    const decoded = textInBase64(view.text.trimEnd());
    if (decoded === undefined || depth >= MAX_DEPTH) return;
    const source = this.#sources.embed(view, 0, view.text.trimEnd().length, decoded.text, decoded.encode);
    if (source !== undefined) this.text(source, depth + 1);
  }

  /** Any number of JSON values in a row, or events of which each is one. `events`: the pieces of a stream. */
  json(view: View, depth = 0): void {
    const channels = new Channels();
    this.readJson(view, this.#places.root, channels, depth);
    this.channels(channels, depth);
  }

  /** Reads the JSON in `view`; its strings go to `channels`, event by event. */
  readJson(view: View, base: PathNode, channels: Channels | undefined, depth: number): void {
    readJson({
      view,
      places: this.#places,
      base,
      wantsScalar: (name) => this.#mode.names && this.#rules.isSecretField(name),
      event: (leaves) => {
        for (const leaf of leaves) this.#leaf(leaf, channels, depth);
      },
    });
  }

  /** The place of what is outermost. */
  get root(): PathNode {
    return this.#places.root;
  }

  /** Whether a secret name without a value counts. */
  get countsEmpty(): boolean {
    return this.#mode.emptyNames === true;
  }

  #leaf(leaf: JsonLeaf, channels: Channels | undefined, depth: number): void {
    const { kind } = leaf;
    this.#finds.noteAllowed(leaf);
    if (leaf.isEscaped || kind === "bytes") this.#apart.push(leaf.content);
    if (kind === "key") return;
    if (kind === "bytes") {
      channels?.add(leaf);
      return;
    }
    if (this.#mode.names && isNamedSecret(leaf, this.#rules, this.countsEmpty)) {
      this.named(leaf.content, leaf.name, kind === "scalar");
    }
    if (kind === "scalar") return;
    if (this.#mode.rewrite !== undefined) this.rewrite(leaf.content);
    if (this.#mode.everyString) this.search(leaf.content);
    // What looks like base64 by itself may be a piece of something else all the same.
    channels?.add(leaf);
    // Shorter ones hold nothing besides themselves.
    if (leaf.end - leaf.start >= 8 && depth < MAX_DEPTH) {
      this.#within(leaf.content, leaf.path, channels, depth);
    }
  }

  /** What a string holds besides itself: JSON, or base64 of text. */
  #within(content: View, path: PathNode, channels: Channels | undefined, depth: number): void {
    const { text } = content;
    const json = jsonIn(text);
    if (json !== -1) {
      const view = json === 0 ? content : new SliceView(content, json, text.length);
      this.readJson(view, this.#places.child(path, "json"), undefined, depth + 1);
      return;
    }
    const data = /^data:[^,]{0,200};base64,/.exec(text)?.[0].length ?? 0;
    const decoded = textInBase64(data === 0 ? text : text.slice(data));
    if (decoded === undefined) return;
    const source = this.#sources.embed(content, data, text.length, decoded.text, decoded.encode);
    if (source === undefined) return;
    this.search(source);
    if (looksLikeJson(source.text)) {
      this.readJson(source, this.#places.child(path, "base64"), channels, depth + 1);
    } else this.#loosely(source, depth + 1);
  }

  /** `view` as a whole is the value of something called `name`. */
  named(view: View, name: string, quoted = false): void {
    if (!this.#mode.names) return;
    this.#finds.addSecret(view, schemeLength(view.text), view.text.length, toLabel(name), { quoted });
  }

  /** `view` tells one call from another: its placeholder is not numbered, so that it is the same in every tape. */
  traced(view: View, name: string): void {
    if (!this.#mode.names) return;
    this.#finds.addReplacement(view, 0, view.text.length, `<redacted:${toLabel(name)}>`);
  }

  /** Lets the user's function have its say about a text. */
  rewrite(view: View): void {
    const { rewrite } = this.#mode;
    if (rewrite === undefined || view.text === "") return;
    for (const { start, end, text } of hunksBetween(view.text, rewrite(view.text))) {
      // What is only inserted has no place of its own: it goes with the character before or after.
      const [from, to] = start < end ? [start, end] : start > 0 ? [start - 1, end] : [start, end + 1];
      const before = view.text.slice(from, start);
      const after = view.text.slice(end, to);
      this.#finds.addReplacement(view, from, to, before + text + after);
    }
  }

  /** Finds secrets by what they are and how they look. */
  search(view: View): void {
    if (this.#mode.rewrite !== undefined) return;
    const { text } = view;
    // Where the base64 that was opened last ends, for each of the four places that a group can begin at.
    const opened = [0, 0, 0, 0];
    for (const hit of this.#rules.finder.find(text)) {
      switch (hit.by) {
        case "placeholder": {
          const placeholder = text.slice(hit.start, hit.end);
          const replacement = this.#mode.placeholder?.(placeholder) ?? placeholder;
          this.#finds.addReplacement(view, hit.start, hit.end, replacement);
          break;
        }
        case "encoded":
          if (hit.start < (opened[hit.start & 3] as number)) break;
          opened[hit.start & 3] = this.#encodedValue(view, hit.start, hit.end);
          break;
        case "parameter":
          this.#finds.addSecret(view, hit.start, hit.end, toLabel(hit.type));
          break;
        case "value":
          this.#finds.addSecret(view, hit.start, hit.end, hit.type, { isWhole: true });
          break;
        case "pattern":
          this.#finds.addSecret(view, hit.start, hit.end, hit.type);
      }
    }
  }

  /** Finds what the strings of a stream come to together. */
  channels(channels: Channels, depth: number): void {
    if (this.#mode.rewrite !== undefined) {
      for (const view of channels.texts()) this.rewrite(view);
      return;
    }
    for (const view of channels.joined()) {
      this.search(view);
      this.#loosely(view, depth + 1);
      this.tails(view);
    }
    for (const view of channels.longer()) this.tails(view);
    for (const view of channels.texts()) {
      const json = jsonIn(view.text);
      if (json === -1) continue;
      const found = new SliceView(view, json, view.text.length);
      this.readJson(found, this.#places.child(this.root, "joined"), undefined, depth + 1);
    }
  }

  /** Finds secrets whose ends are missing. Only answers are cut. */
  tails(view: View): void {
    if (!this.#mode.names || this.#mode.rewrite !== undefined || this.#place !== "response.body") return;
    for (const { start, end, type } of tailsOf(view.text, this.#rules.credentials)) {
      // What is whole has been found, and may have something behind it.
      const isWhole = this.#rules.finder.find(view.text.slice(start, end)).some((hit) => hit.start === 0);
      if (!isWhole) this.#finds.addSecret(view, start, end, type);
    }
  }

  /** Finds secrets that a message names in passing. */
  mentions(view: View): void {
    if (!this.#mode.names) return;
    for (const { name, start, end } of mentionsIn(view.text, this.#rules.isSecretField)) {
      this.#finds.addSecret(view, start, end, toLabel(name));
    }
  }

  /** Undoes escapes that stand in plain text (source code, a URL), and what else it is encoded in. */
  #loosely(view: View, depth: number): void {
    if (depth >= MAX_DEPTH) return;
    if (hasEscapes(view.text)) {
      const plain = unescaped(view);
      if (plain.text.length < view.text.length) {
        this.search(plain);
        this.#loosely(plain, depth + 1);
      }
    }
    this.encoded(view, depth);
  }

  /** Undoes what may stand in a text of any structure: percent-encoding, base64 of text. */
  encoded(view: View, depth = 0): void {
    if (depth >= MAX_DEPTH || this.#mode.rewrite !== undefined) return;
    if (hasPercents(view.text)) {
      const plain = percentDecoded(view);
      this.search(plain);
      const isNew = hasEscapes(plain.text) && !hasEscapes(view.text);
      if (isNew || hasPercents(plain.text)) this.#loosely(plain, depth + 1);
      else this.#base64(plain, depth + 1);
    }
    this.#base64(view, depth);
  }

  /** Opens what in a text is base64 of text. */
  #base64(view: View, depth: number): void {
    for (const { start, end, text, encode } of base64RunsIn(view.text)) {
      const source = this.#sources.embed(view, start, end, text, encode);
      if (source === undefined) continue;
      this.search(source);
      this.#loosely(source, depth + 1);
    }
  }

  /** Opens the base64 in which a value stands, and says where that ends. */
  #encodedValue(view: View, start: number, end: number): number {
    if (start < 0) return 0;
    const [from, to] = base64Run(view.text, start, end);
    const { text, encode } = bytesInBase64(view.text.slice(from, to));
    const source = this.#sources.embed(view, from, to, text, encode);
    if (source !== undefined) this.search(source);
    return to;
  }

  /** Searches what is written otherwise than it reads: together, since most are short and there are many. */
  #searchApart(): void {
    while (this.#apart.length > 0) {
      const joined = new JoinedView(this.#apart.splice(0), "\0");
      this.search(joined);
      this.#loosely(joined, 1);
    }
  }

  /** What was found. To be asked when all is inspected. */
  get finds(): readonly Find[] {
    this.#searchApart();
    return this.#finds.toArray();
  }
}
