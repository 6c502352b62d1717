export { type CassetteHandlersOptions, cassetteHandlers } from "./msw/cassette-handlers.ts";
