import { Buffer } from "node:buffer";
import { types } from "node:util";
import { CassetteError } from "../cassette/errors.ts";
import { isError } from "../cassette/is-error.ts";
import type { RecordedThrown } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";
import { joinPath } from "../matching/path.ts";
import { type ErrorClass, fromRecordedThrown, toRecordedThrown } from "./tape-error.ts";

const MAX_DEPTH = 200;

interface Writing extends ValuePlace {
  readonly trail: (string | number)[];
}

/**
 * Copies a value into the form in which a tape stores it; `undefined` for `undefined`.
 *
 * @param what names the value in the error: `input`, `output`, `items[3]`
 * @param of names the call or checkpoint in the error
 * @throws UnwritableValueError for a function, a symbol, or an instance of a class
 */
export function toTapeValue(value: unknown, what: string, of?: string): TapeValue | undefined {
  return write(value, { trail: [what], of });
}

/** Copies something that was thrown. Errors keep their name, class, code, message, causes and errors. */
export function toThrown(thrown: unknown, of?: string): RecordedThrown {
  return toRecordedThrown(thrown, (value) => orUndefined(toTapeValue(value, "error", of)));
}

/** Gives back something that was thrown: errors as instances of their class, if it is built in or among `classes`. */
export function fromThrown(recorded: RecordedThrown, classes: readonly ErrorClass[] = []): unknown {
  return fromRecordedThrown(recorded, fromTapeValue, classes);
}

/** Returns what stands for a value in a place that cannot be left out. */
export function orUndefined(written: TapeValue | undefined): TapeValue {
  return written === undefined ? { $undefined: true } : written;
}

function write(value: unknown, writing: Writing): TapeValue | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { $number: Object.is(value, -0) ? "-0" : String(value) };
    case "undefined":
      return undefined;
    case "bigint":
      return { $bigint: String(value) };
    case "object":
      return value === null ? null : writeObject(value, writing);
    default:
      throw new UnwritableValueError(writing, `a ${typeof value}`);
  }
}

function writeObject(value: object, writing: Writing): TapeValue {
  const { trail, of } = writing;
  if (trail.length > MAX_DEPTH)
    throw new UnwritableValueError({ trail: trail.slice(0, 6), of }, "nested too deep, or contains itself");
  if (Array.isArray(value)) return writeAll(value, writing);
  const prototype: unknown = Object.getPrototypeOf(value);
  // The prototype of an object literal, in any realm.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return writeFields(value, writing);
  return writeInstance(value, writing);
}

function writeAll(values: Iterable<unknown>, writing: Writing): TapeValue[] {
  const written: TapeValue[] = [];
  for (const value of values) {
    writing.trail.push(written.length);
    written.push(orUndefined(write(value, writing)));
    writing.trail.pop();
  }
  return written;
}

function writeFields(value: object, writing: Writing): TapeValue {
  const written: Record<string, TapeValue> = {};
  let fields = 0;
  let dollars = 0;
  for (const key of Object.keys(value)) {
    writing.trail.push(key);
    const field = write((value as Readonly<Record<string, unknown>>)[key], writing);
    writing.trail.pop();
    if (field === undefined) continue;
    fields += 1;
    if (key.startsWith("$")) dollars += 1;
    if (key === "__proto__") Object.defineProperty(written, key, { value: field, enumerable: true });
    else written[key] = field;
  }
  return fields === 1 && dollars === 1 ? { $object: written } : written;
}

function writeInstance(value: object, writing: Writing): TapeValue {
  if (types.isDate(value)) return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  if (types.isMap(value)) return { $map: [...value].map((pair) => writeAll(pair, writing)) };
  if (types.isSet(value)) return { $set: writeAll(value, writing) };
  if (types.isUint8Array(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
    return Buffer.isBuffer(value) ? { $buffer: bytes } : { $bytes: bytes };
  }
  if (isError(value)) return { $error: toThrown(value, writing.of) as TapeValue };
  const name = value.constructor?.name;
  if (name === "URL" && "href" in value) return { $url: String(value) };
  throw new UnwritableValueError(writing, `an instance of ${name || "a class"}`);
}

/** Gives back a value as it was before {@link toTapeValue}: a new copy each time. */
export function fromTapeValue(value: TapeValue | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(fromTapeValue);
  const keys = Object.keys(value);
  const [only] = keys;
  if (keys.length === 1 && only?.startsWith("$")) return revive(only, value as TapeFields);
  return readFields(value as TapeFields);
}

type TapeFields = { readonly [key: string]: TapeValue };

function readFields(value: TapeFields): object {
  const read: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field = fromTapeValue(value[key]);
    if (key === "__proto__") {
      Object.defineProperty(read, key, {
        value: field,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    } else read[key] = field;
  }
  return read;
}

/** Reads `{ $date: ... }` and the like. Anything else that somebody wrote is an object. */
function revive(key: string, fields: TapeFields): unknown {
  const value = fields[key] as TapeValue;
  switch (key) {
    case "$object":
      return readFields(value as TapeFields);
    case "$undefined":
      return undefined;
    case "$number":
      return Number(value);
    case "$bigint":
      return BigInt(value as string);
    case "$date":
      return new Date(value === null ? Number.NaN : (value as string));
    case "$url":
      return new URL(value as string);
    case "$bytes":
      return new Uint8Array(Buffer.from(value as string, "base64"));
    case "$buffer":
      return Buffer.from(value as string, "base64");
    case "$map":
      return new Map(
        (value as [TapeValue, TapeValue][]).map(([k, v]) => [fromTapeValue(k), fromTapeValue(v)]),
      );
    case "$set":
      return new Set((value as TapeValue[]).map(fromTapeValue));
    case "$error":
      return fromThrown(value as unknown as RecordedThrown);
    default:
      return readFields(fields);
  }
}

/** Where a value is: `output.client`, of what. */
export interface ValuePlace {
  readonly trail: readonly (string | number)[];
  /** The name of the call or checkpoint. */
  readonly of: string | undefined;
}

/** Reports a value that a tape cannot store, by its path. */
export class UnwritableValueError extends CassetteError {
  override readonly name: string = "UnwritableValueError";

  /** @param found what is there: `a function` */
  constructor({ trail, of }: ValuePlace, found: string) {
    const path = trail.reduce<string>(joinPath, "");
    super(
      "CASSETTE_VALUE",
      `Failed to write ${path}${of === undefined ? "" : ` of ${of}`}: it is ${found}, which a cassette cannot store. ` +
        "Use plain data, or choose the value to write: `key` for the input of a call, `sanitize` for any of its values.",
    );
  }
}
