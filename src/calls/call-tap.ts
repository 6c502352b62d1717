import { isThenable } from "../cassette/is-thenable.ts";
import type { CallForm, RecordedCall, RecordedThrown } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { now } from "../http/real-clock.ts";
import { type CallPart, type RecordedFunction, writtenPart } from "./call-options.ts";
import { streamOf } from "./replay-call.ts";
import { orUndefined, toThrown } from "./tape-value.ts";

/** The parts of a call that are known once it ran. */
export type CallResult = Pick<
  RecordedCall,
  "form" | "output" | "items" | "times" | "end" | "error" | "duration"
>;

/** Runs a part of the function's code as the function itself runs. */
export type Inside = <T>(body: () => T) => T;

/** Notes what one call gives while its caller gets it. */
export class CallTap {
  readonly startedAt = now();
  /** Set if the result cannot be written. */
  problem: Error | undefined;
  readonly settled: Promise<void>;
  readonly #function: RecordedFunction;
  readonly #inside: Inside;
  #isPromise = false;
  #itemForm: Items["form"] | undefined;
  #output: TapeValue | undefined;
  readonly #items: TapeValue[] = [];
  readonly #times: number[] = [];
  #error: RecordedThrown | undefined;
  #end: "complete" | "aborted" = "complete";
  #duration: number | undefined;
  #resolve: () => void = () => undefined;

  constructor(recorded: RecordedFunction, inside: Inside) {
    this.#function = recorded;
    this.#inside = inside;
    this.settled = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get isDone(): boolean {
    return this.#duration !== undefined;
  }

  /** Whether the caller has items, and may not read the rest. */
  get hasItems(): boolean {
    return this.#itemForm !== undefined;
  }

  get result(): CallResult {
    const form: CallForm =
      this.#itemForm === undefined
        ? this.#isPromise
          ? "promise"
          : "value"
        : this.#isPromise
          ? `promise of ${this.#itemForm}`
          : this.#itemForm;
    return {
      form,
      output: this.#output,
      ...(this.#itemForm === undefined ? {} : { items: this.#items, times: this.#times }),
      error: this.#error,
      end: this.#end,
      duration: this.#duration ?? now() - this.startedAt,
    };
  }

  /** Calls the function, and returns what its caller gets. */
  call(self: unknown, args: readonly unknown[]): unknown {
    try {
      return this.#observe(this.#inside(() => this.#function.run.apply(self, [...args])));
    } catch (error) {
      throw this.#threw(error);
    }
  }

  /** Ends the recording of a call whose caller stopped reading. */
  abandon(): void {
    if (!this.isDone) this.#finish("aborted");
  }

  #observe(result: unknown): unknown {
    if (!isThenable(result)) return this.#returned(result);
    this.#isPromise = true;
    return result.then(
      (value) => this.#returned(value),
      (error: unknown) => {
        throw this.#threw(error);
      },
    );
  }

  #returned(value: unknown): unknown {
    const items = itemsOf(value);
    this.#itemForm = items?.form;
    switch (items?.form) {
      case "iterable":
        return this.#tapSync(items.iterator);
      case "async iterable":
        return this.#tapAsync(items.iterator);
      case "stream":
        return streamOf(this.#tapAsync(items.iterator));
    }
    this.#output = this.#written(value, "output");
    this.#finish("complete");
    return value;
  }

  #threw(error: unknown): unknown {
    if (this.isDone) return error;
    this.#error = this.#attempt(() => toThrown(error, this.#function.name));
    this.#finish("complete");
    return error;
  }

  #finish(end: "complete" | "aborted"): void {
    this.#end = end;
    this.#duration = now() - this.startedAt;
    this.#resolve();
  }

  #written(value: unknown, part: CallPart): TapeValue | undefined {
    const what = part === "item" ? `items[${this.#items.length}]` : part;
    return this.#attempt(() => writtenPart(this.#function, value, part, what));
  }

  /** Writes a value. If that fails, the caller still gets it, and the call is not recorded. */
  #attempt<T>(write: () => T): T | undefined {
    try {
      return write();
    } catch (error) {
      this.problem ??= error as Error;
      return undefined;
    }
  }

  #item(value: unknown): void {
    this.#times.push(now() - this.startedAt);
    this.#items.push(orUndefined(this.#written(value, "item")));
  }

  #ended(result: IteratorResult<unknown>, isReturn: boolean): void {
    if (this.isDone) return;
    if (!result.done) this.#item(result.value);
    else if (isReturn) this.#finish("aborted");
    else {
      this.#output = this.#written(result.value, "output");
      this.#finish("complete");
    }
  }

  #tapAsync(iterator: AsyncIterator<unknown>): AsyncIterableIterator<unknown> {
    const step = async (
      advance: () => PromiseLike<IteratorResult<unknown>>,
      isReturn: boolean,
    ): Promise<IteratorResult<unknown>> => {
      try {
        const result = await this.#inside(advance);
        this.#ended(result, isReturn);
        return result;
      } catch (error) {
        throw this.#threw(error);
      }
    };
    const returned = (value: unknown): Promise<IteratorResult<unknown>> =>
      Promise.resolve(iterator.return?.(value) ?? { done: true, value });
    return {
      next: (...sent) => step(() => iterator.next(...sent), false),
      return: (value) => step(() => returned(value), true),
      throw: (error) => step(() => iterator.throw?.(error) ?? Promise.reject(error), false),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #tapSync(iterator: Iterator<unknown>): IterableIterator<unknown> {
    const step = (advance: () => IteratorResult<unknown>, isReturn: boolean): IteratorResult<unknown> => {
      try {
        const result = this.#inside(advance);
        this.#ended(result, isReturn);
        return result;
      } catch (error) {
        throw this.#threw(error);
      }
    };
    return {
      next: (...sent) => step(() => iterator.next(...sent), false),
      return: (value) => step(() => iterator.return?.(value) ?? { done: true, value }, true),
      throw(error) {
        return step(() => {
          if (iterator.throw === undefined) throw error;
          return iterator.throw(error);
        }, false);
      },
      [Symbol.iterator]() {
        return this;
      },
    };
  }
}

/** What a function gave that its caller reads item by item. */
export type Items =
  | { readonly form: "iterable"; readonly iterator: Iterator<unknown> }
  | { readonly form: "async iterable" | "stream"; readonly iterator: AsyncIterator<unknown> };

/** Returns how to read a result item by item; `undefined` for a value. Arrays, sets and maps are values. */
export function itemsOf(value: unknown): Items | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isStream(value)) return { form: "stream", iterator: reading(value) };
  if (Symbol.asyncIterator in value) {
    return { form: "async iterable", iterator: (value as AsyncIterable<unknown>)[Symbol.asyncIterator]() };
  }
  if (!(Symbol.iterator in value) || typeof (value as Partial<Iterator<unknown>>).next !== "function") {
    return undefined;
  }
  return { form: "iterable", iterator: value as unknown as Iterator<unknown> };
}

function isStream(value: object): value is ReadableStream<unknown> {
  return typeof (value as Partial<ReadableStream>).getReader === "function";
}

/** Reads a stream as an iterator. Returning cancels it. */
function reading(stream: ReadableStream<unknown>): AsyncIterator<unknown> {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: async (reason) => {
      await reader.cancel(reason);
      return { done: true, value: undefined };
    },
  };
}
