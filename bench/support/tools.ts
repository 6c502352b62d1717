/** Tools that record and replay, each in a file of its own under `tools/`. */
export const OURS = "vitest-cassette";
export const PEERS = [
  "vcr-test",
  "polly",
  "nock-back",
  "msw-snapshot",
  "undici-snapshot",
  "llm-cassette",
  "aimock",
] as const;
/** Answers by hand: the floor of what the tools above are made of. */
export const BY_HAND = ["msw"] as const;
/** Requests that no tool sees. */
export const BARE = "bare fetch";

export interface Tool {
  /** Runs `work`, which sends requests to `origin`, and keeps what it sends and gets in `folder`. */
  record(folder: string, origin: string, work: Work): Promise<void>;
  /** Opens what `record` kept, and runs `work` without the server. */
  replay(folder: string, origin: string, work: Work): Promise<void>;
}

/** @param origin where to send requests: some tools are a server */
export type Work = (origin: string) => Promise<void>;

export async function loadTool(name: string): Promise<Tool> {
  const { tool } = (await import(`../tools/${name.replaceAll(" ", "-")}.js`)) as { readonly tool: Tool };
  return tool;
}

/** Returns the tools that variants of a case use: `"vcr-test, 5 at once"` is one of vcr-test's. */
export function toolsOf(variants: readonly string[]): readonly string[] {
  const names = new Set(variants.map((variant) => variant.split(", ")[0]));
  return [OURS, ...PEERS, ...BY_HAND].filter((tool) => names.has(tool));
}
