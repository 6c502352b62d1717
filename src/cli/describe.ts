import { hostOf } from "../cassette/host-of.ts";
import type { Interaction } from "../cassette/model.ts";
import { bodyLength } from "../cassette/stored-body.ts";
import type { StreamTrace } from "../streams/stream-trace.ts";

/** Names who answered: `openai gpt-5-mini`, or the host if the provider is unknown. */
export function answererOf({ request }: Interaction, trace: StreamTrace): string {
  const { provider, model } = trace;
  const parts = [provider, model].filter((part) => part !== undefined);
  return parts.length === 0 ? hostOf(request.url) : parts.join(" ");
}

/** `12 B`, `3.4 KiB`, `1.2 MiB`. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${kibibytes.toFixed(1)} KiB` : `${(kibibytes / 1024).toFixed(1)} MiB`;
}

export function bodyBytes({ response }: Interaction): number {
  return bodyLength(response.chunks);
}
