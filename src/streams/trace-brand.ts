/** Marks a trace, even one from another copy of this package. */
export const TRACE = Symbol.for("vitest-cassette.stream-trace");
