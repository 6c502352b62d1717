import { createOpenAI } from "@ai-sdk/openai";
import Anthropic from "@anthropic-ai/sdk";
import { ApiError, GoogleGenAI } from "@google/genai";
import { streamText } from "ai";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Cassette, CoreCassetteOptions } from "../../src/core.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { type Tapes, tapes, until } from "./support.ts";

const CONTENT = "Why do programmers prefer dark mode?";

let server: ProviderServer;
let folder: Tapes;
beforeAll(async () => {
  server = await startProviderServer();
  folder = tapes();
  vi.stubEnv("RECORD", "1");
  vi.stubEnv("CI", "");
  await folder.play("chat", {}, () => chat().then(all));
  await folder.play("responses", {}, () => responses().then(all));
  await folder.play("messages", {}, () => messages().then(all));
  await folder.play("gemini", {}, () => gemini().then(all));
  vi.unstubAllEnvs();
  // What follows has nobody to talk to.
  await server.close();
});
afterAll(() => folder[Symbol.dispose]());
afterEach(() => {
  vi.useRealTimers();
});

const openai = () => new OpenAI({ apiKey: "any", baseURL: `${server.url}/v1` });
const anthropic = () => new Anthropic({ apiKey: "any", baseURL: server.url });

const chat = (options: OpenAI.RequestOptions = {}) =>
  openai().chat.completions.create(
    { model: "gpt-5-mini", stream: true, messages: [{ role: "user", content: CONTENT }] },
    options,
  );
const responses = () => openai().responses.create({ model: "gpt-5-mini", stream: true, input: CONTENT });
const messages = (options: Anthropic.RequestOptions = {}) =>
  anthropic().messages.create(
    {
      model: "claude-sonnet-5",
      max_tokens: 500,
      stream: true,
      messages: [{ role: "user", content: CONTENT }],
    },
    options,
  );

const gemini = (abortSignal?: AbortSignal) =>
  new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: server.url } }).models.generateContentStream({
    model: "gemini-3-flash",
    contents: CONTENT,
    config: abortSignal === undefined ? {} : { abortSignal },
  });

async function all<T>(stream: AsyncIterable<T>, seen: T[] = []): Promise<T[]> {
  for await (const each of stream) seen.push(each);
  return seen;
}

/** What the consumer of a stream saw, and what it met. */
async function outcome(
  name: string,
  options: CoreCassetteOptions,
  open: () => Promise<AsyncIterable<unknown>>,
): Promise<{ readonly seen: number; readonly error: Error | undefined; readonly cassette: Cassette }> {
  const seen: unknown[] = [];
  return folder.play(name, options, async (cassette) => {
    const error = await open()
      .then((stream) => all(stream, seen))
      .then(
        () => undefined,
        (thrown: Error) => thrown,
      );
    return { seen: seen.length, error, cassette };
  });
}

const whole = (name: string) => folder.interactions(name)[0]?.response.chunks.length ?? 0;

describe("openai", () => {
  test("gets its provider's overloaded error in the middle of a chat stream", async () => {
    const { seen, error, cassette } = await outcome(
      "chat",
      { fault: { after: { events: 3 }, kind: "error" } },
      () => chat(),
    );
    expect(seen).toBe(3);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({ code: "server_is_overloaded", type: "server_error" });
    expect(error?.message).toContain("overloaded");
    // Nothing is sent again in the middle of a stream.
    expect(cassette.stats).toMatchObject({ requests: 1, played: 1, missed: 0 });
    expect(cassette.stream().end).toBe("complete");
  });

  test("gets it in the middle of a Responses stream", async () => {
    const fault = { after: { events: 4 }, kind: "error" } as const;
    const { seen, error } = await outcome("responses", { fault }, responses);
    expect(seen).toBe(4);
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({ code: "server_is_overloaded" });
  });

  test("takes a cut for an end: only the text differs", async () => {
    const { seen, error } = await outcome("chat", { fault: { after: { events: 4 }, kind: "cut" } }, () =>
      chat(),
    );
    expect({ seen, error }).toEqual({ seen: 4, error: undefined });
  });

  test("gets an error for a reset", async () => {
    const { seen, error } = await outcome("chat", { fault: { after: { events: 4 }, kind: "reset" } }, () =>
      chat(),
    );
    expect(seen).toBe(4);
    expect(String(error)).toContain("terminated");
    expect(error?.cause).toMatchObject({ code: "ECONNRESET" });
  });

  test("waits through a stall, for as long as the timers of the test say", async () => {
    vi.useFakeTimers();
    const seen: unknown[] = [];
    await folder.play("chat", { fault: { after: { events: 4 }, kind: "stall", ms: 30_000 } }, async () => {
      const done = chat().then((stream) => all(stream, seen));
      await until(() => seen.length === 4);
      await vi.advanceTimersByTimeAsync(29_000);
      expect(seen).toHaveLength(4);
      await vi.advanceTimersByTimeAsync(1000);
      // All but [DONE].
      expect(await done).toHaveLength(whole("chat") - 1);
    });
  });

  test("gives a stall without end up when its signal says so", async () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    const started = performance.now();
    await folder.play("chat", { fault: { after: { events: 4 }, kind: "stall" } }, async () => {
      const done = chat({ signal: controller.signal }).then((stream) => all(stream, seen));
      await until(() => seen.length === 4);
      controller.abort();
      // The SDK takes an abort for the end of the stream.
      expect(await done).toHaveLength(4);
    });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("without a waiting reader does not keep the test from ending", async () => {
    const seen: unknown[] = [];
    let done: Promise<unknown> | undefined;
    await folder.play("chat", { fault: { after: { events: 4 }, kind: "stall" } }, async () => {
      done = chat().then((stream) => all(stream, seen));
      await until(() => seen.length === 4);
    });
    await done;
    expect(seen).toHaveLength(whole("chat") - 1);
  });
});

describe("the AI SDK", () => {
  test("gets the error of a Responses stream as OpenAI sends it", async () => {
    const model = createOpenAI({ apiKey: "any", baseURL: `${server.url}/v1` }).responses("gpt-5-mini");
    const errors: unknown[] = [];
    await folder.play(
      "responses",
      { match: { ignore: ["input"] }, fault: { after: { events: 4 }, kind: "error" } },
      async () => {
        const onError = ({ error }: { readonly error: unknown }): void => void errors.push(error);
        await all(streamText({ model, prompt: CONTENT, maxRetries: 0, onError }).fullStream);
      },
    );
    expect(errors).toHaveLength(1);
    expect(String(errors[0])).toContain("The model is currently overloaded");
  });
});

describe("@google/genai", () => {
  const after = { events: 2 };

  test("gets its provider's overloaded error", async () => {
    const { seen, error, cassette } = await outcome("gemini", { fault: { after, kind: "error" } }, gemini);
    expect(seen).toBe(2);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 503 });
    expect(cassette.stats).toMatchObject({ requests: 1, missed: 0 });
  });

  test("takes a cut for an end, and gets an error for a reset", async () => {
    expect(await outcome("gemini", { fault: { after, kind: "cut" } }, gemini)).toMatchObject({
      seen: 2,
      error: undefined,
    });
    const { error } = await outcome("gemini", { fault: { after, kind: "reset" } }, gemini);
    expect(String(error)).toContain("terminated");
    expect(error?.cause).toMatchObject({ code: "ECONNRESET" });
  });

  test("gives a stall without end up when its signal says so", async () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    await folder.play("gemini", { fault: { after, kind: "stall" } }, async () => {
      const done = gemini(controller.signal).then((stream) => all(stream, seen));
      await until(() => seen.length === 2);
      controller.abort();
      await expect(done).rejects.toThrow("abort");
    });
  });
});

describe("@anthropic-ai/sdk", () => {
  test("gets its provider's overloaded error", async () => {
    const { seen, error, cassette } = await outcome(
      "messages",
      { fault: { after: { events: 4 }, kind: "error" } },
      () => messages(),
    );
    // A ping is an event, and none that the SDK gives on.
    expect(seen).toBeGreaterThanOrEqual(3);
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect(error).toMatchObject({
      error: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    });
    expect(cassette.stats).toMatchObject({ requests: 1, missed: 0 });
  });

  test("misses the end of a message that was cut", async () => {
    const finished = folder.play("messages", { fault: { after: { events: 4 }, kind: "cut" } }, () =>
      anthropic()
        .messages.stream({
          model: "claude-sonnet-5",
          max_tokens: 500,
          messages: [{ role: "user", content: CONTENT }],
        })
        .finalMessage(),
    );
    await expect(finished).rejects.toThrow(/ended without|stream/);
  });

  test("gives a stall without end up when its signal says so", async () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    await folder.play("messages", { fault: { after: { events: 4 }, kind: "stall" } }, async () => {
      const done = messages({ signal: controller.signal }).then((stream) => all(stream, seen));
      await until(() => seen.length >= 3);
      controller.abort();
      expect((await done).length).toBeLessThanOrEqual(4);
    });
  });

  test("gets an error for a reset", async () => {
    const { error } = await outcome("messages", { fault: { after: { events: 4 }, kind: "reset" } }, () =>
      messages(),
    );
    expect(String(error)).toContain("terminated");
  });

  test("gets the same events whatever the cuts", async () => {
    const plain = await folder.play("messages", {}, async () => all(await messages()));
    for (const chunks of ["bytes", "whole", { size: 7 }, { seed: 3 }] as const) {
      expect(await folder.play("messages", { chunks }, async () => all(await messages()))).toEqual(plain);
    }
  });
});
