import type { StreamDecoder } from "../streams/decoder.ts";
import type { ProviderEndpoint } from "./profile.ts";

/** What an endpoint may have beside its name and path. */
export interface EndpointOptions {
  /** @defaultValue `false` */
  readonly anyHost?: boolean;
  readonly port?: number;
  readonly decoder?: () => StreamDecoder;
}

/** An endpoint whose whole path is `source`, a regular expression's source without anchors; a last `/` is allowed. */
export function endpoint(api: string, source: string, options: EndpointOptions = {}): ProviderEndpoint {
  const { anyHost = false, port, decoder } = options;
  return {
    api,
    path: new RegExp(`^${source}/?$`),
    anyHost,
    ...(port === undefined ? {} : { port }),
    ...(decoder === undefined ? {} : { decoder }),
  };
}

/** Stands for any path of a known host that its profile does not name. Nothing in its answers is decoded. */
export const OTHER_ENDPOINT: ProviderEndpoint = { api: "other", path: /^/, anyHost: false };
