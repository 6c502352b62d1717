import { hostOf } from "../cassette/host-of.ts";
import type { Interaction } from "../cassette/model.ts";
import { traceInteraction } from "../providers/decode-stream.ts";

/**
 * The comment above an interaction, for reviewers: `1 · openai chat · gpt-5-mini · 13 tokens · first token
 * 412 ms`. In one line, whatever the recording holds.
 *
 * @param index from 0
 */
export function describeInteraction(interaction: Interaction, index: number): string {
  const trace = traceInteraction(interaction);
  const { firstToken } = trace.timing;
  const tokens = trace.usage?.outputTokens;
  const { status, end, chunks } = interaction.response;
  const facts = [
    String(index + 1),
    trace.provider === undefined
      ? hostOf(interaction.request.url)
      : [trace.provider, trace.api].filter(Boolean).join(" "),
    trace.model,
    status >= 300 ? `status ${status}` : undefined,
    tokens === undefined ? undefined : `${tokens} token${tokens === 1 ? "" : "s"}`,
    // What came whole had no first token before the last.
    firstToken === undefined || chunks.length < 2 ? undefined : `first token ${Math.round(firstToken)} ms`,
    end === "complete" ? undefined : end,
  ];
  // A line break would end the comment.
  return facts
    .filter((fact) => fact !== undefined)
    .join(" · ")
    .replace(/\s+/g, " ");
}
