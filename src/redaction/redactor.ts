import { Buffer, isUtf8 } from "node:buffer";
import type {
  HeaderLines,
  Interaction,
  RecordedCall,
  RecordedError,
  RecordedMcp,
  RecordedRequest,
  RecordedResponse,
  TapeEntry,
} from "../cassette/model.ts";
import { storedBodyOf } from "../cassette/stored-body.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { headerOf } from "../http/headers.ts";
import { decodedPiece, isWholeOnly } from "./decoded-bytes.ts";
import { Finder } from "./finder.ts";
import type { InspectionMode } from "./found-secrets.ts";
import { assertClean, type LocatedFinding, type ReadPlaces, scan } from "./gate.ts";
import { inspectHeader, mapValues, withLength } from "./header-values.ts";
import { type HeaderFate, requestHeaderFate, responseHeaderFate } from "./headers.ts";
import { matchingForm, matchingJson } from "./matching-form.ts";
import { checkRedactOptions, type RedactContext, type RedactOptions } from "./options.ts";
import { PieceScan } from "./piece-scan.ts";
import { TapePlaceholders, UNNUMBERED } from "./placeholder.ts";
import { redactProcess } from "./redact-process.ts";
import { isBinary, redactBody, redactString, type Treatment } from "./redact-text.ts";
import { restorer } from "./restore.ts";
import { type Rules, rulesOf } from "./rules.ts";
import { TextStream } from "./text-stream.ts";

/** How a body is searched piece by piece. */
export type PieceKind = "text" | "bytes";

/** Removes secrets from what is written, printed or compared. Each tape has its own. */
export interface Redactor {
  /** The same object for all redactors that find the same secrets. */
  readonly basis: object;
  /** Returns the request to write: allow-listed headers, placeholders instead of secrets. */
  redactRequest(request: RecordedRequest): RecordedRequest;
  /** Returns the response to write, with the same number of chunks. `request` is the one that it answers. */
  redactResponse(response: RecordedResponse, request: RecordedRequest): RecordedResponse;
  /** Returns the interaction to write, with the name of its test; the same object if it contains no secret. */
  redactInteraction(interaction: Interaction): Interaction;
  /** The same for an entry of any kind. */
  redactEntry<Entry extends TapeEntry>(entry: Entry): Entry;
  /** JSON text as it is compared, be it live or from a tape: every secret and every placeholder is `<redacted>`. */
  redactJsonForMatching(text: string): string;
  /**
   * The request as it is compared, be it live or from a tape: every secret and every placeholder is the same
   * `<redacted>`, and secret query parameters are left out, so that another machine's key makes no difference. Depends on
   * the request, the options and the environment alone. Costs little if `redactRequest` was called with it.
   */
  redactForMatching(request: RecordedRequest): RecordedRequest;
  redactUrl(url: string): string;
  /** Redacts a message, a log line or any other text that a person will see. */
  redactText(text: string): string;
  /** Returns a redactor for a text that arrives in pieces. */
  streamText(): TextStream;
  /** Returns a redactor with the same rules that numbers its placeholders on its own. */
  separate(): Redactor;
  /** Redacts the name of a test or file. Depends only on the name, the options and the environment. */
  redactName(name: string): string;
  /** Finds secrets in a text to be written. `readPlaces` names places in it. */
  scan(text: string, readPlaces?: ReadPlaces): readonly LocatedFinding[];
  /** The same for bytes that are not text. */
  scanBytes(bytes: Uint8Array): readonly LocatedFinding[];
  /**
   * Returns how a body that begins like this is searched piece by piece; `undefined` if that would miss secrets which are
   * only found in the body as a whole.
   */
  scansPieces(head: Uint8Array): PieceKind | undefined;
  /** Begins to search a response body of this kind. */
  scanPieces(kind: PieceKind, contentType: string): PieceScan;
  /**
   * Checks a text before it is written. The message names `file`.
   *
   * @throws SecretFoundError if `scan` finds anything
   */
  assertClean(text: string, file: string, readPlaces?: ReadPlaces): void;
  /**
   * Reads the environment again. Returns whether it has new secrets. The old ones stay secret.
   */
  refresh(): boolean;
  /** Returns the response with the environment's values instead of placeholders, with the option `restore`; else the same. */
  restore(response: RecordedResponse): RecordedResponse;
  /** The same for the output of a process. Returns as many chunks. */
  restoreBytes(chunks: readonly Uint8Array[]): readonly Uint8Array[];
  /** Returns a call or MCP message with a result that is restored in the same way. */
  restoreResult<Entry extends RecordedCall | RecordedMcp>(entry: Entry): Entry;
}

/**
 * Makes the redactor of one tape.
 *
 * @throws RedactOptionsError for invalid options
 */
export function createRedactor(options: RedactOptions, context: RedactContext): Redactor {
  checkRedactOptions(options);
  return new TapeRedactor(options, context);
}

/** Redacted objects, per rules, by the object before and after. */
const redacted = new WeakMap<RecordedRequest, { readonly rules: Rules; readonly result: RecordedRequest }>();

class TapeRedactor implements Redactor {
  readonly #options: RedactOptions;
  readonly #context: RedactContext;
  readonly #placeholders = new TapePlaceholders();
  readonly #secretHeaders: ReadonlySet<string>;
  #rules: Rules;

  constructor(options: RedactOptions, context: RedactContext) {
    this.#options = options;
    this.#context = context;
    this.#rules = rulesOf(options, context);
    const named = [
      ...(options.headers ?? []),
      ...context.profiles.flatMap(({ secrets }) => secrets.headers ?? []),
    ];
    this.#secretHeaders = new Set(named.map((name) => name.toLowerCase()));
  }

  get basis(): object {
    return this.#rules;
  }

  redactRequest(request: RecordedRequest): RecordedRequest {
    const result = this.#request(request, this.#treatments(this.#placeholders));
    const known = { rules: this.#rules, result };
    redacted.set(request, known);
    redacted.set(result, known);
    return result;
  }

  redactForMatching(request: RecordedRequest): RecordedRequest {
    const known = redacted.get(request);
    const clean =
      known?.rules === this.#rules
        ? known.result
        : this.#request(request, this.#treatments(new TapePlaceholders()));
    return matchingForm(clean, this.#rules);
  }

  redactResponse(response: RecordedResponse, _request: RecordedRequest): RecordedResponse {
    const treatments = this.#treatments(this.#placeholders);
    return this.#response(response, treatments, (lines) => this.#headers(lines, treatments, "response"));
  }

  redactInteraction(interaction: Interaction): Interaction {
    const request = this.redactRequest(interaction.request);
    const response = this.redactResponse(interaction.response, interaction.request);
    const test = interaction.test && this.redactName(interaction.test);
    const isSame = request === interaction.request && response === interaction.response;
    if (isSame && test === interaction.test) return interaction;
    return { ...interaction, request, response, ...(test === undefined ? {} : { test }) };
  }

  redactEntry<Entry extends TapeEntry>(entry: Entry): Entry;
  redactEntry(entry: TapeEntry): TapeEntry {
    const clean = this.#named(entry);
    switch (clean.kind) {
      case "request":
        return this.redactInteraction(clean);
      case "call": {
        const { input, output, items, error } = clean;
        return this.#values(clean, { input, output, items, error: error && (error as ErrorValue) });
      }
      case "step":
        return clean;
      case "checkpoint": {
        const { value, metadata } = clean;
        return this.#values(clean, { value, metadata });
      }
      case "mcp": {
        const { params, result, error } = clean;
        return this.#values(clean, { params, result, error: error && (error as ErrorValue) });
      }
      case "process":
        return redactProcess(clean, {
          json: (text) => this.#json(text, this.#treatments(this.#placeholders)),
          text: (text) => this.redactText(text),
          bytes: (chunks, side) => this.#bytes(chunks, side),
        });
    }
  }

  redactJsonForMatching(text: string): string {
    return matchingJson(this.#json(text, this.#treatments(new TapePlaceholders())), this.#rules);
  }

  redactUrl(url: string): string {
    return redactString(url, this.#treatments(this.#placeholders), ["url"], (inspection) => inspection.url());
  }

  redactText(text: string): string {
    const treatments = this.#treatments(this.#placeholders, { names: true, isShown: true });
    return redactString(text, treatments, ["text"], (inspection) => {
      inspection.text();
      inspection.mentions();
    });
  }

  redactName(name: string): string {
    const treatment: Treatment = {
      rules: this.#rules,
      mode: { names: false, isShown: true },
      placeholders: UNNUMBERED,
    };
    return redactString(name, [treatment], ["name"], (inspection) => inspection.text());
  }

  scan(text: string, readPlaces?: ReadPlaces): readonly LocatedFinding[] {
    return scan(text, this.#rules, readPlaces).map((finding) => ({
      ...finding,
      path: this.redactName(finding.path),
    }));
  }

  scanBytes(bytes: Uint8Array): readonly LocatedFinding[] {
    return scan(latin1(bytes), this.#rules, undefined, { isBinary: true });
  }

  scansPieces(head: Uint8Array): PieceKind | undefined {
    if (isBinary(head)) return isWholeOnly(head) ? undefined : "bytes";
    // The last character may be cut.
    const isText = [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, head.length - cut)));
    return isText && !this.#options.replace ? "text" : undefined;
  }

  scanPieces(kind: PieceKind, contentType: string): PieceScan {
    if (kind === "bytes") {
      const options = { isBinary: true, read: decodedPiece };
      return new PieceScan((window) => scan(latin1(window), this.#rules, undefined, options));
    }
    const path = ["response", "body"];
    return new PieceScan((window) => {
      const found = this.scan(window.toString("utf8"));
      if (found.length > 0) return found;
      const body = { chunks: [window], contentType, contentEncoding: undefined, path };
      const changed = redactBody(body, this.#treatments(new TapePlaceholders()));
      return changed === undefined ? [] : [{ type: "secret", line: 0, column: 0, path: "" }];
    });
  }

  assertClean(text: string, file: string, readPlaces?: ReadPlaces): void {
    assertClean(this.scan(text, readPlaces), file);
  }

  refresh(): boolean {
    const before = this.#rules;
    this.#rules = rulesOf(this.#options, this.#context, before.secrets);
    return this.#rules !== before;
  }

  separate(): Redactor {
    return new TapeRedactor(this.#options, this.#context);
  }

  streamText(): TextStream {
    return new TextStream(this.#rules.secrets, (text) => this.redactText(text));
  }

  restoreResult<Entry extends RecordedCall | RecordedMcp>(entry: Entry): Entry;
  restoreResult(entry: RecordedCall | RecordedMcp): TapeEntry {
    if (!this.#options.restore) return entry;
    const error = entry.error && (entry.error as ErrorValue);
    const values =
      entry.kind === "call"
        ? { output: entry.output, items: entry.items, error }
        : { result: entry.result, error };
    return this.#values<TapeEntry>(entry, values, [this.#restoring()]);
  }

  restore(response: RecordedResponse): RecordedResponse {
    if (!this.#options.restore) return response;
    const treatment = this.#restoring();
    return this.#response(response, [treatment], (lines) =>
      mapValues(lines, (value) =>
        redactString(value, [treatment], ["response", "headers"], (inspection) => inspection.url()),
      ),
    );
  }

  restoreBytes(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
    return this.#options.restore ? this.#bytes(chunks, "response", [this.#restoring()]) : chunks;
  }

  /** Removes secrets first, then runs the user's function, which never sees one. */
  #treatments(placeholders: TapePlaceholders, mode: InspectionMode = { names: true }): readonly Treatment[] {
    const rules = this.#rules;
    const { replace } = this.#options;
    const secrets: Treatment = { rules, mode, placeholders };
    return replace ? [secrets, { rules, mode: { names: false, rewrite: replace }, placeholders }] : [secrets];
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

  /** The entry with these values of it redacted together; the same one if there is no secret in them. */
  #values<Entry extends TapeEntry>(
    entry: Entry,
    values: Readonly<Record<string, TapeValue | undefined>>,
    treatments = this.#treatments(this.#placeholders),
  ): Entry {
    const before = JSON.stringify(values);
    const after = this.#json(before, treatments);
    return after === before ? entry : { ...entry, ...(JSON.parse(after) as Partial<Entry>) };
  }

  #json(text: string, treatments: readonly Treatment[]): string {
    return redactString(text, treatments, [], (inspection) => inspection.body("application/json"));
  }

  #bytes(
    chunks: readonly Uint8Array[],
    side: "request" | "response",
    treatments = this.#treatments(this.#placeholders),
  ): readonly Uint8Array[] {
    const body = { chunks, contentType: "", contentEncoding: undefined, path: [side, "body"] };
    return redactBody(body, treatments)?.chunks ?? chunks;
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
    const url = redactString(request.url, treatments, ["request", "url"], (inspection) => inspection.url());
    let headers = this.#headers(request.headers, treatments, "request");
    const body =
      request.body &&
      redactBody(
        {
          chunks: [request.body],
          contentType: headerOf(request.headers, "content-type") ?? "",
          contentEncoding: headerOf(request.headers, "content-encoding"),
          path: ["request", "body"],
        },
        treatments,
      );
    if (body?.decoded) headers = headers.filter(([name]) => name.toLowerCase() !== "content-encoding");
    if (url === request.url && headers === request.headers && body === undefined) return request;
    return { ...request, url, headers, ...(body === undefined ? {} : { body: body.chunks[0] }) };
  }

  #response(
    response: RecordedResponse,
    treatments: readonly Treatment[],
    treatHeaders: (lines: HeaderLines) => HeaderLines,
  ): RecordedResponse {
    // A body in a file of its own was searched, and is never changed.
    const isStored = storedBodyOf(response.chunks) !== undefined;
    const body = redactBody(
      {
        chunks: isStored ? [] : response.chunks,
        contentType: headerOf(response.headers, "content-type") ?? "",
        contentEncoding: response.decoded ? undefined : headerOf(response.headers, "content-encoding"),
        path: ["response", "body"],
      },
      treatments,
    );
    const plain = (text: string): string =>
      redactString(text, treatments, ["response"], (inspection) => inspection.text());
    let headers = treatHeaders(response.headers);
    if (body !== undefined) headers = withLength(headers, response.chunks, body.chunks, body.decoded);
    const trailers = response.trailers && treatHeaders(response.trailers);
    const statusText = plain(response.statusText);
    const message = response.error && plain(response.error.message);
    const isSame =
      headers === response.headers && trailers === response.trailers && statusText === response.statusText;
    if (body === undefined && isSame && message === response.error?.message) return response;
    return {
      ...response,
      statusText,
      headers,
      ...(trailers === undefined ? {} : { trailers }),
      ...(body === undefined ? {} : { chunks: body.chunks }),
      ...(body?.decoded ? { decoded: true } : {}),
      ...(message === undefined ? {} : { error: { ...response.error, message } }),
    };
  }

  #headers(lines: HeaderLines, treatments: readonly Treatment[], side: "request" | "response"): HeaderLines {
    const fate = ([name]: HeaderLines[number]): HeaderFate =>
      side === "request"
        ? requestHeaderFate(name, this.#secretHeaders, this.#context.keepHeaders ?? [])
        : responseHeaderFate(name, this.#secretHeaders);
    const kept = lines.filter((line) => fate(line) !== "drop");
    return mapValues(kept.length === lines.length ? lines : kept, (value, name) =>
      redactString(value, treatments, [side, "headers", name.toLowerCase()], (inspection) =>
        inspectHeader(inspection, name, fate([name, value])),
      ),
    );
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** A recorded error is JSON, too. */
type ErrorValue = RecordedError & { readonly [key: string]: TapeValue };
