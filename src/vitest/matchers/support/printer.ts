import { process } from "../../../cassette/node-process.ts";
import { redactDeep } from "../../../matching/redact-deep.ts";
import { profiles } from "../../../providers/registry.ts";
import { Redactor } from "../../../redaction/redactor.ts";
import { currentScope } from "../../../session/scope.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { isTestScope } from "../../test-scope.ts";

/** A content type for each framing of bytes. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  sse: "text/event-stream",
  ndjson: "application/x-ndjson",
  json: "application/json",
  "json-array": "application/json",
  "aws-eventstream": "application/vnd.amazon.eventstream",
  text: "text/plain",
};

/**
 * Removes secrets from what is printed: logs are public, and an application's stream or a handwritten cassette may
 * contain a secret. Uses the rules of the test's cassette, if there is one.
 */
export class Printer {
  readonly #redactor: Redactor;

  constructor() {
    const scope = currentScope();
    const session = isTestScope(scope) ? scope.sessions.at(-1) : undefined;
    const options = session?.settings.options.redact ?? {};
    this.#redactor = new Redactor(options, { env: process.env, profiles });
  }

  text(text: string): string {
    return this.#redactor.redactPrinted(text);
  }

  value<T>(value: T): T {
    return redactDeep(value, (text) => this.text(text));
  }

  /** Redacts the stream as a whole, since a secret may be split over several events. */
  trace(trace: StreamTrace): StreamTrace {
    const type = CONTENT_TYPES[trace.framing ?? "text"];
    // A stream of values never had bytes.
    if (type === undefined) return trace;
    const chunks = trace.chunks.map(({ bytes }) => bytes);
    const redacted = this.#redactor.redactPrintedBody(chunks, type);
    return redacted === chunks ? trace : trace.withBytes(redacted);
  }
}
