import { redactDeep } from "../../../matching/redact-deep.ts";
import { profiles } from "../../../providers/registry.ts";
import { KnownSecrets } from "../../../redaction/known-secrets.ts";
import { currentScope } from "../../../session/scope.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { isTestScope } from "../../test-scope.ts";
import { CONTENT_TYPES } from "./events-by-chunk.ts";

/**
 * What may be printed. Logs are public, and what an application emits, or a tape that was written by hand, may hold a
 * secret. By the rules of the test's cassette, where it has one.
 */
export class Printer {
  readonly #secrets: KnownSecrets;

  constructor() {
    const scope = currentScope();
    const session = isTestScope(scope) ? scope.sessions.at(-1) : undefined;
    const options = session?.settings.options.redact ?? {};
    this.#secrets = new KnownSecrets(options, { env: process.env, profiles });
  }

  text(text: string): string {
    return this.#secrets.removeFrom(text);
  }

  value<T>(value: T): T {
    return redactDeep(value, (text) => this.text(text));
  }

  /** As a whole: of a secret that comes in pieces no event has enough to be known by. */
  trace(trace: StreamTrace): StreamTrace {
    const type = CONTENT_TYPES[trace.framing ?? "text"];
    // Values that never were bytes.
    if (type === undefined) return trace;
    const chunks = trace.chunks.map(({ bytes }) => bytes);
    const without = this.#secrets.removeFromBody(chunks, type);
    return without === undefined ? trace : trace.withBytes(without);
  }
}
