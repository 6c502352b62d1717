import type {
  RecordedCall,
  RecordedMcp,
  RecordedRequest,
  RecordedResponse,
  TapeEntry,
} from "../cassette/model.ts";
import { Finder } from "./finder.ts";
import type { InspectionMode } from "./findings.ts";
import { assertClean, type LocatedFinding, type ReadPlaces, scan, scanBytes } from "./gate.ts";
import { matchingForm, matchingJson } from "./matching-form.ts";
import { checkRedactOptions, type RedactContext, type RedactOptions } from "./options.ts";
import { type PieceKind, PieceScan, pieceKindOf } from "./piece-scan.ts";
import { type Placeholders, TapePlaceholders, UNNUMBERED } from "./placeholder.ts";
import { redactHeaders, redactRequest, redactResponse, secretHeaders } from "./redact-message.ts";
import { redactProcess } from "./redact-process.ts";
import { redactBytes, redactJson, redactString, type Treatment } from "./redact-text.ts";
import { restorer } from "./restore.ts";
import { type Rules, rulesOf } from "./rules.ts";
import { TextStream } from "./text-stream.ts";

/**
 * Makes the redactor of one tape.
 *
 * @throws RedactOptionsError for invalid options
 */
export function createRedactor(options: RedactOptions, context: RedactContext): Redactor {
  checkRedactOptions(options);
  return new Redactor(options, context);
}

/** Redacted objects, per rules, by the object before and after. */
const redacted = new WeakMap<RecordedRequest, { readonly rules: Rules; readonly result: RecordedRequest }>();

/** Removes secrets from what is written, printed or compared. Each tape has its own. */
export class Redactor {
  readonly #options: RedactOptions;
  readonly #context: RedactContext;
  readonly #placeholders = new TapePlaceholders();
  readonly #secretHeaders: ReadonlySet<string>;
  #rules: Rules;

  constructor(options: RedactOptions, context: RedactContext) {
    this.#options = options;
    this.#context = context;
    this.#rules = rulesOf(options, context);
    this.#secretHeaders = secretHeaders(options, context);
  }

  /** The same object for all redactors that find the same secrets. */
  get basis(): object {
    return this.#rules;
  }

  /** Returns the request to write: allow-listed headers, placeholders instead of secrets. */
  redactRequest(request: RecordedRequest): RecordedRequest {
    const result = this.#request(request, this.#treatments());
    const known = { rules: this.#rules, result };
    redacted.set(request, known);
    redacted.set(result, known);
    return result;
  }

  /**
   * The request as it is compared, be it live or from a tape: every secret and every placeholder is the same
   * `<redacted>`, and secret query parameters are left out, so that another machine's key makes no difference. Depends on
   * the request, the options and the environment alone. Costs little if `redactRequest` was called with it.
   */
  redactForMatching(request: RecordedRequest): RecordedRequest {
    const known = redacted.get(request);
    const clean =
      known?.rules === this.#rules
        ? known.result
        : this.#request(request, this.#treatments(new TapePlaceholders()));
    return matchingForm(clean, this.#rules);
  }

  /** Returns the response to write, with the same number of chunks. */
  redactResponse(response: RecordedResponse): RecordedResponse {
    const treatments = this.#treatments();
    return redactResponse(response, treatments, (lines) =>
      redactHeaders(lines, treatments, { side: "response", secret: this.#secretHeaders }),
    );
  }

  /** Returns the entry to write, with the names in it redacted; the same object if it contains no secret. */
  redactEntry<Entry extends TapeEntry>(entry: Entry): Entry;
  redactEntry(entry: TapeEntry): TapeEntry {
    const clean = this.#named(entry);
    switch (clean.kind) {
      case "request": {
        const request = this.redactRequest(clean.request);
        const response = this.redactResponse(clean.response);
        const isSame = request === clean.request && response === clean.response;
        return isSame ? clean : { ...clean, request, response };
      }
      case "call":
        return this.#values(clean, ["input", "output", "items", "error"]);
      case "step":
        return clean;
      case "checkpoint":
        return this.#values(clean, ["value", "metadata"]);
      case "mcp":
        return this.#values(clean, ["params", "result", "error"]);
      case "process":
        return redactProcess(clean, {
          json: (text) => redactJson(text, this.#treatments()),
          text: (text) => this.redactText(text),
          bytes: (chunks, side) => redactBytes(chunks, side, this.#treatments()),
        });
    }
  }

  /** JSON text as it is compared, be it live or from a tape: every secret and every placeholder is `<redacted>`. */
  redactJsonForMatching(text: string): string {
    return matchingJson(redactJson(text, this.#treatments(new TapePlaceholders())), this.#rules);
  }

  redactUrl(url: string): string {
    return redactString(url, this.#treatments(), ["url"], (inspection) => inspection.url());
  }

  /** Redacts a message, a log line or any other text that a person will see. */
  redactText(text: string): string {
    const treatments = this.#treatments(this.#placeholders, { names: true, isShown: true });
    return redactString(text, treatments, ["text"], (inspection) => {
      inspection.text();
      inspection.mentions();
    });
  }

  /** Redacts the name of a test or file. Depends only on the name, the options and the environment. */
  redactName(name: string): string {
    return redactString(name, [this.#byValue(UNNUMBERED)], ["name"], (inspection) => inspection.text());
  }

  /**
   * Redacts what is printed about a stream, by pattern and by value. Ignores names of fields, unlike on a tape: an app's own
   * protocol can call a piece of text `token`.
   */
  redactPrinted(text: string): string {
    const treatments = [this.#byValue(this.#placeholders)];
    return redactString(text, treatments, ["text"], (inspection) => inspection.text());
  }

  /** The same for the bytes of a stream. Returns as many chunks. */
  redactPrintedBody(chunks: readonly Uint8Array[], contentType: string): readonly Uint8Array[] {
    return redactBytes(chunks, "response", [this.#byValue(this.#placeholders)], contentType);
  }

  /** Returns a redactor for a text that arrives in pieces. */
  streamText(): TextStream {
    return new TextStream(this.#rules.secrets, (text) => this.redactText(text));
  }

  /** Returns a redactor with the same rules that numbers its placeholders on its own. */
  separate(): Redactor {
    return new Redactor(this.#options, this.#context);
  }

  /** Finds secrets in a text to be written. `readPlaces` names places in it, `entries` are those on it. */
  scan(text: string, readPlaces?: ReadPlaces, entries: readonly TapeEntry[] = []): readonly LocatedFinding[] {
    const bodies = entries.flatMap((entry) => (entry.kind === "request" ? [entry.response.chunks] : []));
    return scan(text, this.#rules, readPlaces, bodies).map((finding) => ({
      ...finding,
      path: this.redactName(finding.path),
    }));
  }

  /** The same for bytes that are not text. */
  scanBytes(bytes: Uint8Array): readonly LocatedFinding[] {
    return scanBytes(bytes, this.#rules);
  }

  /**
   * Returns how a body that begins like this is searched piece by piece; `undefined` if that would miss secrets which are
   * only found in the body as a whole.
   */
  scansPieces(head: Uint8Array): PieceKind | undefined {
    const kind = pieceKindOf(head);
    return kind === "text" && this.#options.replace ? undefined : kind;
  }

  /** Begins to search a response body of this kind. */
  scanPieces(kind: PieceKind, contentType: string): PieceScan {
    return new PieceScan((window) => {
      if (kind === "bytes") return scanBytes(window, this.#rules, "pieces");
      const found = this.scan(window.toString("utf8"));
      if (found.length > 0) return found;
      const chunks = [window];
      const treatments = this.#treatments(new TapePlaceholders());
      const isClean = redactBytes(chunks, "response", treatments, contentType) === chunks;
      return isClean ? [] : [{ type: "secret", line: 0, column: 0, path: "" }];
    });
  }

  /**
   * Checks a text before it is written. The message names `file`.
   *
   * @throws SecretFoundError if `scan` finds anything
   */
  assertClean(text: string, file: string, readPlaces?: ReadPlaces, entries?: readonly TapeEntry[]): void {
    assertClean(this.scan(text, readPlaces, entries), file);
  }

  /**
   * Reads the environment again. Returns whether it has new secrets. The old ones stay secret.
   */
  refresh(): boolean {
    const before = this.#rules;
    this.#rules = rulesOf(this.#options, this.#context, before.secrets);
    return this.#rules !== before;
  }

  /** Returns the response with the environment's values instead of placeholders, with the option `restore`; else the same. */
  restore(response: RecordedResponse): RecordedResponse {
    if (!this.#options.restore) return response;
    const treatments = [this.#restoring()];
    return redactResponse(response, treatments, (lines) => redactHeaders(lines, treatments));
  }

  /** The same for the output of a process. Returns as many chunks. */
  restoreBytes(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
    return this.#options.restore ? redactBytes(chunks, "response", [this.#restoring()]) : chunks;
  }

  /** Returns a call or MCP message with a result that is restored in the same way. */
  restoreResult<Entry extends RecordedCall | RecordedMcp>(entry: Entry): Entry;
  restoreResult(entry: RecordedCall | RecordedMcp): TapeEntry {
    if (!this.#options.restore) return entry;
    return this.#values<TapeEntry>(entry, ["output", "items", "result", "error"], [this.#restoring()]);
  }

  /** Removes secrets first, then runs the user's function, which never sees one. */
  #treatments(
    placeholders = this.#placeholders,
    mode: InspectionMode = { names: true },
  ): readonly Treatment[] {
    const rules = this.#rules;
    const { replace } = this.#options;
    const secrets: Treatment = { rules, mode, placeholders };
    return replace ? [secrets, { rules, mode: { names: false, rewrite: replace }, placeholders }] : [secrets];
  }

  #byValue(placeholders: Placeholders): Treatment {
    return { rules: this.#rules, mode: { names: false, isShown: true }, placeholders };
  }

  #restoring(): Treatment {
    const { env, profiles } = this.#context;
    const placeholder = restorer(this.#rules, env, profiles);
    // Looks for placeholders only. Everything else is replayed unchanged.
    const finder = new Finder({ needles: [], shapes: [], custom: [], isSecretParameter: () => false });
    return {
      rules: { ...this.#rules, finder },
      mode: { names: false, placeholder },
      placeholders: UNNUMBERED,
    };
  }

  #request(request: RecordedRequest, treatments: readonly Treatment[]): RecordedRequest {
    const { keepHeaders: kept } = this.#context;
    return redactRequest(request, treatments, { side: "request", secret: this.#secretHeaders, kept });
  }

  /** Names are text that somebody wrote: an entry's own, its test's and its parent's. */
  #named<Entry extends TapeEntry>(entry: Entry): Entry {
    const changed: Record<string, string> = {};
    for (const key of ["test", "parent", "id", "name", "label"] as const) {
      const name = (entry as Partial<Record<typeof key, string>>)[key];
      if (typeof name !== "string") continue;
      const clean = this.redactName(name);
      if (clean !== name) changed[key] = clean;
    }
    return Object.keys(changed).length === 0 ? entry : { ...entry, ...changed };
  }

  /** The entry with these fields of it redacted together; the same one if there is no secret in them. */
  #values<Entry extends TapeEntry>(
    entry: Entry,
    fields: readonly string[],
    treatments = this.#treatments(),
  ): Entry {
    const all = new Map(Object.entries(entry));
    const before = JSON.stringify(Object.fromEntries(fields.map((field) => [field, all.get(field)])));
    const after = redactJson(before, treatments);
    return after === before ? entry : { ...entry, ...(JSON.parse(after) as Partial<Entry>) };
  }
}
