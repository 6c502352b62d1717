import { URL } from "node:url";
import type { HeaderLines } from "../cassette/model.ts";
import { aiSdkUi } from "./ai-sdk-ui.ts";
import { anthropic } from "./anthropic.ts";
import { azure } from "./azure.ts";
import { bedrock } from "./bedrock.ts";
import { cohere } from "./cohere.ts";
import { OTHER_ENDPOINT } from "./endpoint.ts";
import { gemini } from "./gemini.ts";
import { mcp } from "./mcp.ts";
import { mistral } from "./mistral.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import {
  compatibleHosts,
  deepseek,
  groq,
  openAICompatible,
  openrouter,
  perplexity,
  xai,
} from "./openai-compatible.ts";
import type { ProviderProfile, Recognized } from "./profile.ts";
import { replicate } from "./replicate.ts";
import { vertex } from "./vertex.ts";
import { watsonx } from "./watsonx.ts";

/** Every known provider. On an unknown host, the first profile whose path matches wins. */
export const profiles: readonly ProviderProfile[] = [
  openai,
  anthropic,
  gemini,
  vertex,
  mistral,
  cohere,
  ollama,
  bedrock,
  openrouter,
  azure,
  groq,
  deepseek,
  xai,
  perplexity,
  watsonx,
  replicate,
  ...compatibleHosts,
  openAICompatible,
  mcp,
  aiSdkUi,
];

/** Parts of a request, besides its URL, that help to recognize it. */
export interface RequestHint {
  readonly method?: string;
  readonly headers?: HeaderLines;
}

/**
 * Finds the provider and API of a request. On a known host, every path belongs to its profile. On another host,
 * loopback included, only a path that no other service has, or Ollama's port. The Model Context Protocol is
 * recognized by its headers or a path that ends in `/mcp`, but never on loopback. Called for each request.
 */
export function recognize(url: string | URL, request: RequestHint = {}): Recognized | undefined {
  const { recognized, mcpPath } = typeof url === "string" ? byText(url) : byUrl(url);
  if (recognized !== undefined || mcpPath === undefined) return recognized;
  return looksLikeMcp(mcpPath, request.headers) ? MCP : undefined;
}

interface ByUrl {
  readonly recognized?: Recognized | undefined;
  /** Set if the request may be one of MCP. */
  readonly mcpPath?: string | undefined;
}

let last: { readonly url: string; readonly found: ByUrl } | undefined;

/** Remembers the last URL: most requests of a tape go to the same. */
function byText(url: string): ByUrl {
  if (last?.url !== url) {
    const parsed = URL.parse(url);
    last = { url, found: parsed === null ? {} : byUrl(parsed) };
  }
  return last.found;
}

function byUrl({ protocol, hostname, pathname, port }: URL): ByUrl {
  if (!/^(?:https?|wss?):$/.test(protocol)) return {};
  const profile = profileOf(hostname);
  if (profile !== undefined) {
    const endpoint = profile.endpoints.find(({ path }) => path.test(pathname));
    return { recognized: { profile, endpoint: endpoint ?? OTHER_ENDPOINT } };
  }
  for (const candidate of OF_ANY_HOST) {
    const { path, anyHost } = candidate.endpoint;
    if ((anyHost || String(candidate.endpoint.port) === port) && path.test(pathname))
      return { recognized: candidate };
  }
  return isLoopback(hostname) ? {} : { mcpPath: pathname };
}

/** Whether `hostname`, as a URL has it (lower case, IPv6 in brackets), is this machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    hostname === "0.0.0.0" ||
    hostname === "[::]" ||
    /^(?:127(?:\.\d{1,3}){3}|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/.test(hostname)
  );
}

const MCP: Recognized = { profile: mcp, endpoint: mcp.endpoints[0] ?? OTHER_ENDPOINT };

/** Endpoints that are recognized on any host. A port is the more specific sign, so those come first. */
const OF_ANY_HOST: readonly Recognized[] = profiles
  .flatMap((profile) => profile.endpoints.map((endpoint) => ({ profile, endpoint })))
  .filter(({ endpoint }) => endpoint.anyHost || endpoint.port !== undefined)
  // The known OpenAI-compatible hosts repeat the paths of the profile for unknown hosts.
  .filter(({ profile }) => !compatibleHosts.includes(profile))
  .sort((a, b) => Number(b.endpoint.port !== undefined) - Number(a.endpoint.port !== undefined));

const EXACT = new Map<string, ProviderProfile>();
const PATTERNS: { readonly test: (hostname: string) => boolean; readonly profile: ProviderProfile }[] = [];
for (const profile of profiles) {
  for (const host of profile.hosts) {
    if (typeof host !== "string") PATTERNS.push({ test: (hostname) => host.test(hostname), profile });
    else if (host.startsWith(".")) PATTERNS.push({ test: (hostname) => hostname.endsWith(host), profile });
    else EXACT.set(host, profile);
  }
}

function profileOf(hostname: string): ProviderProfile | undefined {
  return EXACT.get(hostname) ?? PATTERNS.find(({ test }) => test(hostname))?.profile;
}

function looksLikeMcp(pathname: string, headers: HeaderLines = []): boolean {
  return (
    /\/mcp\/?$/.test(pathname) ||
    headers.some(
      ([name]) => name.toLowerCase() === "mcp-protocol-version" || name.toLowerCase() === "mcp-session-id",
    )
  );
}
