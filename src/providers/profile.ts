import type { StreamDecoder } from "../streams/decoder.ts";

/**
 * What this package knows of one provider, as data and pure functions. Adding a provider is adding a
 * file that exports one of these and naming it in `registry.ts`.
 */
export interface ProviderProfile {
  /** Lower case, as in OpenTelemetry's `gen_ai.provider.name` where that has one: `openai`, `anthropic`. */
  readonly name: string;
  /** Host names without port. A string is the whole name, or with a leading dot a suffix (`.openai.azure.com`). */
  readonly hosts: readonly (string | RegExp)[];
  readonly endpoints: readonly ProviderEndpoint[];
  /** Environment variables in which this provider's SDKs look for a key, the most usual first. */
  readonly keyVariables: readonly string[];
  /** What differs from run to run without meaning anything, left out when requests are compared. */
  readonly varies: VaryingParts;
  /** Where this provider's secrets are, beyond the names that are secret everywhere. */
  readonly secrets: SecretParts;
  /** The provider's own shape of an HTTP error body, as a JSON value. */
  errorBody(error: { readonly status: number; readonly type: string; readonly message: string }): unknown;
  /**
   * Bytes of an event that tells of an overload inside a running stream of `api`, framed as the provider
   * frames it (text for most, a binary frame for Bedrock); `undefined` where it has no such event. `seq` is the
   * number of the event in its stream, from 0, for APIs that send it along.
   */
  overloadedEvent?(api: string, seq: number): Uint8Array | undefined;
}

export interface ProviderEndpoint {
  /** Name of the API: `chat`, `responses`, `messages`, `generateContent`, ... */
  readonly api: string;
  /** Tested against the path of the URL (no query). */
  readonly path: RegExp;
  /**
   * `true` where the path alone tells this API on a host that no profile names, loopback included
   * (`/v1/chat/completions`). `false` where others use such a path too (`/api/chat`).
   */
  readonly anyHost: boolean;
  /** Port that tells this API on loopback although its path does not (Ollama: 11434). */
  readonly port?: number;
  /** A fresh decoder for one response; `undefined` where answers carry no model output (embeddings, files). */
  readonly decoder?: () => StreamDecoder;
}

export interface VaryingParts {
  /** Header names, lower case; a trailing `*` stands for any ending. Only of use where headers are compared. */
  readonly headers?: readonly string[];
  readonly query?: readonly string[];
  /** Paths into a JSON body that are left out: `metadata.user_id`, `messages[*].id`, `**.obfuscation`. */
  readonly body?: readonly string[];
  /**
   * Paths of generated ids (tool-call ids) that are renamed consistently and not left out: the same id
   * must still be the same id within one request.
   */
  readonly ids?: readonly string[];
  /** Brings the path of a URL to one form (Bedrock model ids come percent-encoded from some SDKs). */
  readonly canonicalPath?: (path: string) => string;
}

export interface SecretParts {
  /** Header names, lower case. */
  readonly headers?: readonly string[];
  /** Query parameter names. */
  readonly query?: readonly string[];
  /** Names of body fields at any depth. */
  readonly fields?: readonly string[];
  /** Shapes of this provider's keys. Global flag set, no anchors, no trailing delimiter needed. */
  readonly patterns?: readonly { readonly type: string; readonly pattern: RegExp }[];
}

/** The profile and endpoint that a request belongs to. */
export interface Recognised {
  readonly profile: ProviderProfile;
  readonly endpoint: ProviderEndpoint;
}
