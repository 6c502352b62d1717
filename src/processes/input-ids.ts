import { isObject } from "../cassette/is-object.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { isJsonRpc, parsedObject } from "./compared-process.ts";

/**
 * Ids of this run by those on the tape: what the code under test sends under another id than in the recording is
 * answered under that id.
 */
export class InputIds {
  /** By the name of the field and the recorded value. */
  readonly #live = new Map<string, string | number>();

  /** Whether all ids are those of the recording. */
  get isEmpty(): boolean {
    return this.#live.size === 0;
  }

  /** Notes where equal input has other values than the recording. */
  learn(recorded: unknown, live: unknown): void {
    // The id of an answer is one that the process has chosen.
    this.#learn(recorded, live, isObject(recorded) && isJsonRpc(recorded) && !("method" in recorded));
  }

  #learn(recorded: unknown, live: unknown, isAnswer = false): void {
    if (Array.isArray(recorded) && Array.isArray(live)) {
      for (const [index, each] of recorded.entries()) this.#learn(each, live[index]);
      return;
    }
    if (!isObject(recorded) || !isObject(live)) return;
    for (const [name, before] of Object.entries(recorded)) {
      if (isAnswer && name === "id") continue;
      const now = live[name];
      if (isId(before) && isId(now)) {
        if (before !== now || this.#live.has(keyOf(name, before))) this.#live.set(keyOf(name, before), now);
      } else this.#learn(before, now);
    }
  }

  learnLine(recorded: string, live: string): void {
    if (recorded !== live || this.#live.size > 0) this.learn(parsedObject(recorded), parsedObject(live));
  }

  /** Returns an output with the ids of this run; the same one if it has no other ids. */
  translate(value: TapeValue): TapeValue {
    return this.#live.size === 0
      ? value
      : (this.#translated(value, isObject(value) && isRequest(value)) as TapeValue);
  }

  /** The same for the text of a line. */
  translateLine(line: string): string {
    if (this.#live.size === 0) return line;
    const json = parsedObject(line);
    if (json === undefined) return line;
    const before = JSON.stringify(json);
    const after = JSON.stringify(this.translate(json as TapeValue));
    return after === before ? line : after + (/\s*$/.exec(line)?.[0] ?? "");
  }

  /** @param isAsked whether it is a request of the process itself, whose `id` is its own */
  #translated(value: unknown, isAsked: boolean): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#translated(each, false));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => {
        const live =
          isId(each) && !(isAsked && name === "id") ? this.#live.get(keyOf(name, each)) : undefined;
        return [name, live ?? this.#translated(each, false)];
      }),
    );
  }
}

function isId(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function isRequest(value: Readonly<Record<string, unknown>>): boolean {
  return isJsonRpc(value) && "method" in value;
}

function keyOf(name: string, id: string | number): string {
  return `${name} ${JSON.stringify(id)}`;
}
