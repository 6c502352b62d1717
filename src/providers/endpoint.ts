import type { StreamDecoder } from "../streams/decoder.ts";
import type { ProviderEndpoint } from "./profile.ts";

/** The optional parts of an endpoint. */
export interface EndpointOptions {
  /** @defaultValue `false` */
  readonly anyHost?: boolean;
  readonly port?: number;
  readonly decoder?: () => StreamDecoder;
}

/** Makes an endpoint. `source` is a regular expression for its whole path, without anchors; a final `/` is allowed. */
export function endpoint(api: string, source: string, options: EndpointOptions = {}): ProviderEndpoint {
  const { anyHost = false, port, decoder } = options;
  let path: RegExp | undefined;
  return {
    api,
    // Every test file loads all providers, and needs few of their paths.
    get path() {
      path ??= new RegExp(`^${source}/?$`);
      return path;
    },
    anyHost,
    ...(port === undefined ? {} : { port }),
    ...(decoder === undefined ? {} : { decoder }),
  };
}

/** Any path of a known host that its profile does not list. Its responses are not decoded. */
export const OTHER_ENDPOINT: ProviderEndpoint = { api: "other", path: /^/, anyHost: false };
