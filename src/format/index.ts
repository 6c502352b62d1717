export { DEFAULT_TAPE_LIMITS, type TapeLimits } from "./limits.ts";
export { type ParseTapeOptions, parseTape } from "./parse-tape.ts";
export { TAPE_VERSIONS } from "./read-head.ts";
export { type RenderTapeOptions, renderTape, SCHEMA_URL } from "./render-tape.ts";
export { withInteractions } from "./source.ts";
export { TapeError, type TapeErrorCode } from "./tape-error.ts";
