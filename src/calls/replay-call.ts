import type { RecordedCall } from "../cassette/model.ts";
import type { Pacing } from "../options/options.ts";
import { CancellableDelay } from "../replay/cancellable-delay.ts";
import { createPacer } from "../replay/pacing.ts";
import type { ErrorClass } from "./tape-error.ts";
import { fromTapeValue, fromThrown } from "./tape-value.ts";

export interface ReplayCallTools {
  readonly pacing: Pacing;
  readonly classes: readonly ErrorClass[];
  /** Called if the caller reads further than it did when this was recorded. */
  readonly onExhausted: () => Error;
  /** The delays that are running, so that they can be cancelled. */
  readonly delays: Set<CancellableDelay>;
}

/** Gives back what a recorded call gave, in the same form: a new copy each time. */
export function replayCall(call: RecordedCall, tools: ReplayCallTools): unknown {
  switch (call.form) {
    case "value":
      return outcome(call, tools);
    case "iterable":
      return items(call, tools);
    case "promise":
      return tools.pacing === "instant" ? instantly(call, tools) : paced(call, tools);
    case "async iterable":
      return asyncItems(call, tools);
    case "stream":
      return streamOf(asyncItems(call, tools));
    case "promise of iterable":
      return Promise.resolve(items(call, tools));
    case "promise of async iterable":
      return Promise.resolve(asyncItems(call, tools));
    case "promise of stream":
      return Promise.resolve(streamOf(asyncItems(call, tools)));
  }
}

function outcome({ error, output }: RecordedCall, { classes }: ReplayCallTools): unknown {
  if (error !== undefined) throw fromThrown(error, classes);
  return fromTapeValue(output);
}

function instantly({ error, output }: RecordedCall, { classes }: ReplayCallTools): Promise<unknown> {
  return error === undefined
    ? Promise.resolve(fromTapeValue(output))
    : Promise.reject(fromThrown(error, classes));
}

async function paced(call: RecordedCall, tools: ReplayCallTools): Promise<unknown> {
  const delay = new CancellableDelay();
  tools.delays.add(delay);
  try {
    await createPacer(tools.pacing, delay).until(call.duration);
    return outcome(call, tools);
  } finally {
    tools.delays.delete(delay);
  }
}

function* items(call: RecordedCall, tools: ReplayCallTools): Generator<unknown> {
  for (const item of call.items ?? []) yield fromTapeValue(item);
  if (call.end === "aborted") throw tools.onExhausted();
  return outcome(call, tools);
}

async function* asyncItems(call: RecordedCall, tools: ReplayCallTools): AsyncGenerator<unknown> {
  const delay = new CancellableDelay();
  tools.delays.add(delay);
  try {
    const pacer = createPacer(tools.pacing, delay);
    for (const [index, item] of (call.items ?? []).entries()) {
      await pacer.until(call.times?.[index]);
      yield fromTapeValue(item);
    }
    if (call.end === "aborted") throw tools.onExhausted();
    await pacer.until(call.duration);
    return outcome(call, tools);
  } finally {
    tools.delays.delete(delay);
  }
}

function streamOf(source: AsyncGenerator<unknown>): ReadableStream<unknown> {
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
      async cancel() {
        await source.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
