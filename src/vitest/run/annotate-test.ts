import { Buffer } from "node:buffer";
import type { TestAttachment } from "vitest";
import { count } from "../../cassette/count.ts";
import { hostOf } from "../../cassette/host-of.ts";
import type { Interaction } from "../../cassette/model.ts";
import { traceInteraction } from "../../providers/decode-stream.ts";
import type { Session } from "../../session/session.ts";
import type { TestScope, TestTask } from "../test-scope.ts";
import { type DrawnStream, drawStreams } from "./draw-streams.ts";
import { useOf } from "./note-test.ts";

type Annotate = (message: string, type: string, attachment?: TestAttachment) => Promise<unknown>;

/**
 * Annotates a test that has ended with its cassettes and a picture of its streams, for Vitest's UI and HTML report. These show
 * the images of annotations, and nothing of artifacts of other packages.
 */
export async function annotateTest({ task, had }: TestScope): Promise<void> {
  const attempt = (task.result?.retryCount ?? 0) + (task.result?.repeatCount ?? 0) + 1;
  const lines = had.map(describeUse);
  const message = (attempt === 1 ? lines : [`attempt ${attempt}`, ...lines]).join("; ");
  const streams = had.flatMap(streamsOf);
  const image = streams.length === 0 ? [] : [imageOf(streams)];
  await annotate(task, message, "cassette", ...image);
}

function imageOf(streams: readonly DrawnStream[]): TestAttachment {
  return { contentType: "image/svg+xml", body: Buffer.from(drawStreams(streams)).toString("base64") };
}

/** Vitest refuses annotations after the function of the test has ended, and what it did is known only then. */
function annotate({ result, context }: TestTask, ...args: Parameters<Annotate>): ReturnType<Annotate> {
  if (result === undefined) return context.annotate(...args);
  const { state } = result;
  result.state = "run";
  try {
    // Vitest reads the state at once.
    return context.annotate(...args);
  } finally {
    result.state = state;
  }
}

function describeUse(session: Session): string {
  const { file, mode, played, recorded, missed } = useOf(session);
  const counts = Object.entries({ played, recorded, missed }).flatMap(([what, amount]) =>
    amount === 0 ? [] : `${amount} ${what}`,
  );
  const tokens = session.requests.interactions.flatMap(
    (each) => traceInteraction(each).timing.firstToken ?? [],
  );
  return [file, mode, ...counts, ...range(tokens)].join(" · ");
}

function range(firstTokens: readonly number[]): readonly string[] {
  if (firstTokens.length === 0) return [];
  const ends = [Math.min(...firstTokens), Math.max(...firstTokens)].map((at) => Math.round(at));
  return [`first token ${[...new Set(ends)].join(" to ")} ms`];
}

function streamsOf(session: Session): readonly DrawnStream[] {
  const { redactor } = session.settings;
  return session.requests.interactions.map((interaction, index) => {
    const { model, usage, timing, chunks } = traceInteraction(interaction);
    const { firstToken, duration } = timing;
    const label = labelOf(interaction, index, model, usage?.outputTokens, firstToken);
    return {
      label: redactor.redactText(label),
      arrivals: chunks.map(({ at = 0, bytes }) => ({ at, amount: bytes.length })),
      firstToken,
      duration,
    };
  });
}

function labelOf(
  { request, response }: Interaction,
  index: number,
  model: string | undefined,
  tokens: number | undefined,
  firstToken: number | undefined,
): string {
  const facts = [
    `${index + 1}`,
    model ?? hostOf(request.url),
    response.status >= 300 ? `status ${response.status}` : [],
    tokens === undefined ? [] : count(tokens, "token"),
    firstToken === undefined ? [] : `first token ${Math.round(firstToken)} ms`,
  ];
  return facts.flat().join(" · ");
}
