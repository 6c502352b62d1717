import "./session/ensure-parts.ts";

export * from "./core-exports.ts";
