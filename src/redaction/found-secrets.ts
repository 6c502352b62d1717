import { commonHead, commonTail } from "../matching/common-ends.ts";
import type { ValuePath } from "./allow-list.ts";
import type { Finding } from "./finder.ts";
import { schemeLength } from "./names.ts";
import type { NestedText, Place } from "./nested-text.ts";
import { type Placeholders, toLabel } from "./placeholder.ts";
import { type PlacedSecret, replaceSecrets } from "./replace-secrets.ts";
import type { Rules } from "./rules.ts";
import { truncatedSecrets } from "./truncated-secrets.ts";

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

type PlacesOf = (start: number, end: number) => readonly Place[];

/** The secrets in one body, header or URL. */
export class FoundSecrets {
  readonly #secrets: PlacedSecret[] = [];
  readonly #rules: Rules;
  readonly #mode: InspectionMode;
  readonly #path: ValuePath;

  /** `path`: what the text is, for `allow`: `["request", "body"]`. */
  constructor(rules: Rules, mode: InspectionMode, path: ValuePath) {
    this.#rules = rules;
    this.#mode = mode;
    this.#path = path;
  }

  /** Replaces them, but for those that the user allows. Returns whether there are any. */
  replace(placeholders: Placeholders): boolean {
    if (this.#secrets.length === 0) return false;
    const { hasPaths } = this.#rules.allowed;
    const secrets = hasPaths ? this.#secrets.filter((secret) => !this.#isAllowed(secret)) : this.#secrets;
    replaceSecrets(secrets, placeholders);
    return true;
  }

  /** Adds what a search found. */
  found(text: string, finding: Finding, places: readonly Place[]): void {
    if (finding.by === "placeholder") {
      const placeholder = text.slice(finding.start, finding.end);
      this.#replace(placeholder, places, this.#mode.placeholder?.(placeholder) ?? placeholder);
    } else if (finding.by !== "encoded" || this.#mode.isShown) {
      const type = finding.by === "parameter" ? toLabel(finding.type) : finding.type;
      this.add(text, { ...finding, type }, places);
    }
  }

  /** Takes all of a text, or a part of it, as the value of something called `name`. */
  named(node: NestedText, name: string, start = 0, end = node.text.length): void {
    if (!this.#mode.names || start >= end) return;
    const from = start + schemeLength(node.text.slice(start, end));
    const finding: Finding = { start: from, end, type: toLabel(name), by: "parameter" };
    this.add(node.text, finding, [node.locate(from, end) ?? { node, start: from, end }]);
  }

  /** Finds secrets whose ends are missing. Only responses are cut. */
  truncated(text: string, placesOf: PlacesOf): void {
    if (!this.#mode.names || this.#mode.rewrite !== undefined) return;
    if (this.#path[0] !== "response" || this.#path[1] !== "body") return;
    for (const finding of truncatedSecrets(text, this.#rules.secrets)) {
      // What is whole has been found, and may have something behind it.
      const { start, end } = finding;
      const isWhole = this.#rules.finder.find(text.slice(start, end)).some((each) => each.start === 0);
      if (!isWhole) this.add(text, { ...finding, by: "shape" }, placesOf(start, end));
    }
  }

  /** Lets the user's function rewrite a text. Only what changed is written. */
  rewrite(before: string, placesOf: PlacesOf): void {
    const { rewrite } = this.#mode;
    if (rewrite === undefined || before === "") return;
    const after = rewrite(before);
    if (after === before) return;
    let tail = commonTail(before, after);
    const most = Math.min(before.length, after.length);
    let start = Math.min(commonHead(before, after), most - tail);
    // What is only inserted has no place of its own: it goes with the character before or after.
    if (start === before.length - tail) {
      if (start > 0) start--;
      else tail--;
    }
    const end = before.length - tail;
    this.#replace(before.slice(start, end), placesOf(start, end), after.slice(start, after.length - tail));
  }

  add(text: string, { start, end, type, by, value }: Finding, places: readonly Place[]): void {
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
}
