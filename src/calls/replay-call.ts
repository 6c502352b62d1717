import type { CallForm, RecordedCall } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import type { Pacer } from "../replay/pacing.ts";
import type { ErrorClass } from "./tape-error.ts";
import { fromTapeValue, fromThrown } from "./tape-value.ts";

/** Paces a result from now on. */
type StartPacer = () => Pick<Pacer, "until">;

export interface ReplayCallTools {
  readonly startPacer: StartPacer;
  readonly classes: readonly ErrorClass[];
  /** Called if the caller reads further than it did when this was recorded. */
  readonly onExhausted: () => Error;
}

/** What a caller gets, in whatever form. */
interface Result {
  readonly items: readonly TapeValue[];
  readonly times?: readonly number[] | undefined;
  readonly duration?: number | undefined;
  /** Returns or throws what comes in the end. */
  readonly outcome: () => unknown;
}

/** Gives back what a recorded call gave, in the same form: a new copy each time. */
export function replayCall(call: RecordedCall, tools: ReplayCallTools): unknown {
  const { form, items = [], times, duration, end, error, output } = call;
  const outcome = (): unknown => {
    if (end === "aborted") throw tools.onExhausted();
    if (error !== undefined) throw fromThrown(error, tools.classes);
    return fromTapeValue(output);
  };
  return give(form, { items, times, duration, outcome }, tools.startPacer);
}

/** Fails in the form in which a function gives its result. */
export function failIn(form: CallForm, error: Error): unknown {
  const outcome = (): never => {
    throw error;
  };
  return give(form, { items: [], outcome }, () => ({ until: () => undefined }));
}

function give(form: CallForm, result: Result, startPacer: StartPacer): unknown {
  switch (form) {
    case "value":
      return result.outcome();
    case "promise":
      return settled(result, startPacer);
    case "iterable":
      return iterate(result);
    case "async iterable":
      return iterateAsync(result, startPacer);
    case "stream":
      return streamOf(iterateAsync(result, startPacer));
    case "promise of iterable":
    case "promise of async iterable":
    case "promise of stream":
      return Promise.resolve(give(form.slice("promise of ".length) as CallForm, result, startPacer));
  }
}

async function settled({ duration, outcome }: Result, startPacer: StartPacer): Promise<unknown> {
  const due = startPacer().until(duration);
  if (due !== undefined) await due;
  return outcome();
}

function* iterate({ items, outcome }: Result): Generator<unknown> {
  for (const item of items) yield fromTapeValue(item);
  return outcome();
}

async function* iterateAsync(
  { items, times, duration, outcome }: Result,
  startPacer: StartPacer,
): AsyncGenerator<unknown> {
  const pacer = startPacer();
  for (const [index, item] of items.entries()) {
    await pacer.until(times?.[index]);
    yield fromTapeValue(item);
  }
  await pacer.until(duration);
  return outcome();
}

/** Returns a stream of what an iterator gives, one item a read. */
export function streamOf(source: AsyncIterator<unknown>): ReadableStream<unknown> {
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await source.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(error);
        }
      },
      async cancel(reason) {
        await source.return?.(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
