/** What stands in for a provider's key in replay: SDKs refuse to be constructed without one. */
export const STAND_IN_KEY = "placeholder-key-set-by-vitest-cassette";
