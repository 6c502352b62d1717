/** The clock of a worker: the real one, captured before a test can fake it, and its replacement. */
interface Clock {
  readonly Date: DateConstructor;
  /** Returns the time that the running code sees; `undefined` for the real time. */
  time: () => number | undefined;
  held: boolean;
  /** The last value of `globalThis.Date`, ours or another's. */
  value: DateConstructor;
  /** `Date` with a frozen time. Always the same class, so that it is recognized everywhere. */
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

// Captured on load: a test may have faked it later.
clockState();

function isReal({ value, Date: real, frozen }: Clock): boolean {
  return value === real || value === frozen;
}

/**
 * Makes `Date`, and `Intl` when it formats the current time, use `time()` unless that is `undefined`. Stops when the
 * returned function is called. A `Date` that other code installs, before or after, wins.
 */
export function freezeDate(time: () => number | undefined): () => void {
  const clock = clockState();
  clock.time = time;
  clock.held = true;
  if (!inPlace(clock)) {
    clock.value = globalThis.Date;
    // An accessor: when fake timers restore what was there, the time is frozen again.
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

/** Removes the accessor, unless a fake `Date` is installed, which will restore it later. */
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

/** `format()` and `formatToParts()` without a date read the time inside the engine, not from `Date`. */
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
