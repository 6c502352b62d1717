/** The clock of a worker: as it was before any test could fake it, and what stands in its place. */
interface Clock {
  readonly Date: DateConstructor;
  /** What the running code is to take for the present; `undefined` for the real one. */
  time: () => number | undefined;
  held: boolean;
  /** What `globalThis.Date` was last set to, by whomever. */
  value: DateConstructor;
  /** `Date` with a present that stands. Always the same one, so that it is known wherever it turns up. */
  readonly frozen: DateConstructor;
  readonly get: () => DateConstructor;
}

const KEY = Symbol.for("vitest-cassette/clock/1");

function clockState(): Clock {
  const holder = globalThis as { [KEY]?: Clock };
  holder[KEY] ??= createClock();
  return holder[KEY];
}

const REAL = (): undefined => undefined;

function createClock(): Clock {
  const clock: Clock = {
    Date,
    time: REAL,
    held: false,
    value: Date,
    frozen: frozenDate(Date, () => clock.time()),
    get: () => (isReal(clock) ? (clock.time() === undefined ? clock.Date : clock.frozen) : clock.value),
  };
  return clock;
}

// Taken when this loads: a test may have faked it by the time that it is needed.
clockState();

function isReal({ value, Date: real, frozen }: Clock): boolean {
  return value === real || value === frozen;
}

/**
 * Makes `Date`, and `Intl` where it formats the present, tell `time()` wherever that is not `undefined`, until the
 * function is called that this returns. A `Date` that somebody else has put in place, before or after, stays.
 */
export function freezeDate(time: () => number | undefined): () => void {
  const clock = clockState();
  clock.time = time;
  clock.held = true;
  if (!inPlace(clock)) {
    clock.value = globalThis.Date;
    // An accessor: whoever fakes the clock puts back in the end what was there, and then it is frozen again.
    Object.defineProperty(globalThis, "Date", {
      configurable: true,
      enumerable: false,
      get: clock.get,
      set(next: DateConstructor) {
        clock.value = next;
        putBack(clock);
      },
    });
  }
  const thawIntl = freezeIntl(() => (isReal(clock) ? clock.time() : undefined));
  return () => {
    thawIntl();
    clock.time = REAL;
    clock.held = false;
    putBack(clock);
  };
}

function inPlace({ get }: Clock): boolean {
  return Object.getOwnPropertyDescriptor(globalThis, "Date")?.get === get;
}

/** Ends the accessor, unless a fake `Date` is in place: whoever made that has yet to put back what was there. */
function putBack(clock: Clock): void {
  if (clock.held || !isReal(clock) || !inPlace(clock)) return;
  Object.defineProperty(globalThis, "Date", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: clock.Date,
  });
}

function frozenDate(real: DateConstructor, time: () => number | undefined): DateConstructor {
  const realNow = real.now;
  const now = (): number => time() ?? realNow();
  return new Proxy(real, {
    construct(target, args, newTarget) {
      return Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object;
    },
    apply: (target) => new target(now()).toString(),
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      // A spy on it wins.
      return value === realNow ? now : value;
    },
  });
}

type Format = Intl.DateTimeFormat["format"];

/** `format()` and `formatToParts()` without a date take the present from inside the engine, and not from `Date`. */
function freezeIntl(time: () => number | undefined): () => void {
  const { prototype } = Intl.DateTimeFormat;
  const format = Object.getOwnPropertyDescriptor(prototype, "format");
  const formatToParts = Object.getOwnPropertyDescriptor(prototype, "formatToParts");
  if (format?.get === undefined || formatToParts === undefined) return () => undefined;
  const getFormat = format.get;
  const realParts = formatToParts.value as Intl.DateTimeFormat["formatToParts"];
  const bound = new WeakMap<Format, Format>();
  Object.defineProperty(prototype, "format", {
    ...format,
    get(this: Intl.DateTimeFormat) {
      const real = getFormat.call(this) as Format;
      const known = bound.get(real) ?? ((date) => real(date ?? time()));
      bound.set(real, known);
      return known;
    },
  });
  Object.defineProperty(prototype, "formatToParts", {
    ...formatToParts,
    value(this: Intl.DateTimeFormat, date?: Date | number) {
      return realParts.call(this, date ?? time());
    },
  });
  return () => {
    Object.defineProperty(prototype, "format", format);
    Object.defineProperty(prototype, "formatToParts", formatToParts);
  };
}
