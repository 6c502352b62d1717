/** What one SDK does against a provider at `baseUrl`, told as plain data. */
export interface Scenario {
  readonly name: string;
  readonly provider: string;
  /**
   * Runs every call in turn and gives all that the SDK yielded, in order: JSON values, without what the client
   * itself makes up (local times, ids of its own, response headers).
   */
  run(baseUrl: string, options?: RunOptions): Promise<unknown>;
  /** Asks one question, with the retries that the SDK has by default. */
  ask(baseUrl: string, question: string): Promise<unknown>;
  /** Class of the SDK's error for an HTTP 400. */
  readonly badRequest: string;
}

export interface RunOptions {
  /** `environment`: the key is left to the SDK, which looks for it there. @defaultValue {@link API_KEY} */
  readonly key?: "environment";
}

/** A key that no provider would take. */
export const API_KEY = "loopback-key";

/** The part of an SDK's options that names the key. */
export function keyOption({ key }: RunOptions = {}): { readonly apiKey?: string } {
  return key === "environment" ? {} : { apiKey: API_KEY };
}

export const QUESTION = "Why do programmers prefer dark mode? ☀️";
export const WEATHER_QUESTION = "What is the weather in Lyon?";

/** Parameters of the weather tool. */
export const WEATHER_SCHEMA = {
  type: "object",
  properties: {
    city: { type: "string", description: "Name of the city" },
    days: { type: "integer", description: "How many days ahead" },
  },
  required: ["city", "days"],
  additionalProperties: false,
} as const;

/** What the weather tool answers. */
export function weather(input: unknown): string {
  return `${JSON.stringify(input)}: 21°, ☀️`;
}

/** A value as JSON, without the named fields at any depth; bytes as base64, errors by name and message. */
export function plain(value: unknown, omit: readonly string[] = []): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString("base64") };
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Error) return { error: value.name, message: value.message };
  if (Array.isArray(value)) return value.map((item) => plain(item, omit));
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(
      ([key, field]) => !omit.includes(key) && field !== undefined && typeof field !== "function",
    );
    return Object.fromEntries(fields.map(([key, field]) => [key, plain(field, omit)]));
  }
  return value;
}

/** Everything that an async iterable yields, as plain data. */
export async function collect(
  items: AsyncIterable<unknown>,
  omit: readonly string[] = [],
): Promise<unknown[]> {
  const collected: unknown[] = [];
  for await (const item of items) collected.push(plain(item, omit));
  return collected;
}
