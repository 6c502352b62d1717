import { ReplicateDecoder } from "./decoders/replicate.ts";
import { endpoint } from "./endpoint.ts";
import type { ProviderProfile } from "./profile.ts";
import { SDK_HEADERS } from "./varying.ts";

/** Replicate: one request creates a prediction, another reads its output as SSE. */
export const replicate: ProviderProfile = {
  name: "replicate",
  hosts: [
    "api.replicate.com",
    "stream.replicate.com",
    "stream-b.svc.us.c.replicate.net",
    ".replicate.net",
    ".replicate.com",
  ],
  endpoints: [
    endpoint(
      "predictions",
      "/v1/(?:models/[^/]+/[^/]+/|deployments/[^/]+/[^/]+/)?predictions(?:/[^/]+)?(?:/cancel)?",
      { decoder: () => new ReplicateDecoder() },
    ),
    endpoint("stream", "/v1/(?:streams|files)/[^/]+", { decoder: () => new ReplicateDecoder() }),
    endpoint("models", "/v1/(?:models|collections|hardware).*"),
  ],
  keyVariables: ["REPLICATE_API_TOKEN"],
  varies: { headers: SDK_HEADERS },
  secrets: { patterns: [{ type: "replicate-token", pattern: /r8_[A-Za-z0-9]{37}/g }] },
  errorBody: ({ status, type, message }) => ({ title: type, detail: message, status }),
};
