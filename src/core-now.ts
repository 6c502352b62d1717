// For `require` and for bundlers: loads everything at once, and waits for nothing.
import "./interception/interceptors-now.ts";
import "./session/load-now.ts";

export * from "./core-exports.ts";
