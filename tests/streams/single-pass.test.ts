import { expect, test } from "vitest";
import { StreamReusedError, singlePass } from "../../src/streams/single-pass.ts";

async function* numbers(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of stream) all.push(each);
  return all;
}

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

test("a stream that is read once is as it was", async () => {
  expect(await collect(singlePass(numbers()))).toEqual([1, 2]);
  expect(await collect(singlePass(new Response("hi").body!))).toEqual([new Uint8Array([104, 105])]);
});

test("the same stream is given back", () => {
  const stream = new ReadableStream();
  expect(singlePass(stream)).toBe(stream);
  expect(new Response(stream).body).toBe(stream);
});

test("iterating twice throws with both places", async () => {
  const stream = singlePass(numbers());
  await collect(stream);
  const error = await collect(stream).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StreamReusedError);
  expect(error).toMatchObject({
    code: "CASSETTE_STREAM_REUSED",
    first: expect.stringMatching(/single-pass\.test\.ts:\d+/),
    second: expect.stringMatching(/single-pass\.test\.ts:\d+/),
  });
  expect((error as Error).message).toMatch(/first {2}at .*collect.*\n {2}again {2}at .*collect/);
});

test("if one function reads both times, its callers are shown too", async () => {
  const stream = singlePass(numbers());
  const summarise = (): Promise<number[]> => collect(stream);
  const title = (): Promise<number[]> => collect(stream);
  await summarise();
  const error = (await title().catch((reason: unknown) => reason)) as Error;
  expect(error.message).toMatch(
    /first {2}at .*collect.*, called at .*summarise.*\n {2}again {2}at .*collect.*, called at .*title/,
  );
});

test("a value that cannot be iterated is refused", () => {
  const messages = [new Response("a"), Promise.resolve(numbers()), null, {}].map((given) => {
    const error = thrown(() => singlePass(given as object));
    expect(error).toMatchObject({ code: "CASSETTE_NO_STREAM" });
    return (error as Error).message;
  });
  expect(messages.join("\n")).toMatchInlineSnapshot(`
    "Failed to guard a stream: the argument is a Response, which cannot be iterated. Guard its body: singlePass(response.body).
    Failed to guard a stream: the argument is a promise, which cannot be iterated. Await it first.
    Failed to guard a stream: the argument is null, which cannot be iterated.
    Failed to guard a stream: the argument is a value of type object, which cannot be iterated."
  `);
});

test("a second reader of a released stream throws, although Node does not complain", async () => {
  const stream = singlePass(new ReadableStream({ start: (controller) => controller.close() }));
  stream.getReader().releaseLock();
  for (const again of [
    () => stream.getReader(),
    () => stream.tee(),
    () => stream.values(),
    () => stream.pipeThrough(new TransformStream()),
  ]) {
    expect(thrown(again)).toBeInstanceOf(StreamReusedError);
  }
});

test("one way of reading that uses another is one", async () => {
  class Twofold {
    *getReader(): Generator<number> {
      yield 1;
    }
    async *[Symbol.asyncIterator](): AsyncGenerator<number> {
      yield* this.getReader();
    }
    values(): Generator<number> {
      return this.getReader();
    }
  }
  expect([...singlePass(new Twofold()).values()]).toEqual([1]);
  expect(
    await collect(singlePass(new ReadableStream({ start: (controller) => controller.close() }))),
  ).toEqual([]);
});
