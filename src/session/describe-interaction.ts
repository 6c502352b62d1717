import type { Interaction } from "../cassette/model.ts";
import { traceInteraction } from "../providers/decode-stream.ts";

/**
 * The comment above an interaction, for reviewers: `1 · openai chat · gpt-5-mini · 13 tokens · first token
 * 412 ms`. `undefined` where nothing is known that the recording itself does not say at a glance.
 */
export function describeInteraction(interaction: Interaction, index: number): string {
  const trace = traceInteraction(interaction);
  const { firstToken } = trace.timing;
  const { usage } = trace;
  const facts = [
    String(index + 1),
    trace.provider === undefined
      ? new URL(interaction.request.url).host
      : [trace.provider, trace.api].filter(Boolean).join(" "),
    trace.model,
    usage?.outputTokens === undefined ? undefined : `${usage.outputTokens} tokens`,
    firstToken === undefined || interaction.response.chunks.length < 2
      ? undefined
      : `first token ${Math.round(firstToken)} ms`,
    interaction.response.end === "complete" ? undefined : interaction.response.end,
  ];
  // A line break would end the comment.
  return facts
    .filter((fact) => fact !== undefined)
    .join(" · ")
    .replace(/\s+/g, " ");
}
