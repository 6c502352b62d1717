import type { StreamDecoder } from "../streams/decoder.ts";

/**
 * Describes one provider with data and pure functions. To add a provider, add a file that exports a profile and
 * list it in `registry.ts`.
 */
export interface ProviderProfile {
  /** Lower case. Same as OpenTelemetry's `gen_ai.provider.name` if that has one: `openai`, `anthropic`. */
  readonly name: string;
  /** Host names without port. A string is a whole name, or a suffix if it starts with a dot (`.openai.azure.com`). */
  readonly hosts: readonly (string | RegExp)[];
  readonly endpoints: readonly ProviderEndpoint[];
  /** Environment variables from which this provider's SDKs read a key, the most common first. */
  readonly keyVariables: readonly string[];
  /** Parts of a request that change on every run. They are ignored when requests are compared. */
  readonly varies: VaryingParts;
  /** The places of this provider's secrets, in addition to the names that are always secret. */
  readonly secrets: SecretParts;
  /** Returns an HTTP error body in the provider's own format, as a JSON value. */
  errorBody(error: { readonly status: number; readonly type: string; readonly message: string }): unknown;
  /**
   * Returns the event with which the provider reports an overload inside a stream of `api`, framed as the
   * provider frames it; `undefined` if it has no such event. `seq` is the number of the event in its stream,
   * from 0, for APIs that send it.
   */
  overloadedEvent?(api: string, seq: number): Uint8Array | undefined;
}

export interface ProviderEndpoint {
  /** Name of the API: `chat`, `responses`, `messages`, `generateContent`, ... */
  readonly api: string;
  /** Tested against the path of the URL (no query). */
  readonly path: RegExp;
  /**
   * `true` if the path alone identifies this API on an unknown host, loopback included
   * (`/v1/chat/completions`). `false` if others use the path too (`/api/chat`).
   */
  readonly anyHost: boolean;
  /** Port that identifies this API if its path does not (Ollama: 11434). */
  readonly port?: number;
  /** Makes a new decoder for one response; `undefined` if responses have no model output (embeddings, files). */
  readonly decoder?: () => StreamDecoder;
}

export interface VaryingParts {
  /** Header names, lower case; a trailing `*` matches any ending. Used only if headers are compared. */
  readonly headers?: readonly string[];
  readonly query?: readonly string[];
  /** Paths in a JSON body that are ignored: `metadata.user_id`, `messages[*].id`, `**.obfuscation`. */
  readonly body?: readonly string[];
  /**
   * Paths of generated ids (tool-call ids). They are renamed consistently instead of ignored, so that equal ids
   * in one request stay equal.
   */
  readonly ids?: readonly string[];
  /** Normalizes the path of a URL (some SDKs percent-encode Bedrock's model ids). */
  readonly normalizePath?: (path: string) => string;
}

export interface SecretParts {
  /** Header names, lower case. */
  readonly headers?: readonly string[];
  /** Query parameter names. */
  readonly query?: readonly string[];
  /** Names of body fields at any depth. */
  readonly fields?: readonly string[];
  /** Patterns of this provider's keys, with the global flag. No anchors, no trailing delimiter. */
  readonly patterns?: readonly { readonly type: string; readonly pattern: RegExp }[];
}

/** The profile and endpoint that a request belongs to. */
export interface Recognized {
  readonly profile: ProviderProfile;
  readonly endpoint: ProviderEndpoint;
}
