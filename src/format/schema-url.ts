/** Where editors find the schema of a tape; named in the first line of each. */
export const SCHEMA_URL = "https://unpkg.com/vitest-cassette/schema/cassette-v1.json";
