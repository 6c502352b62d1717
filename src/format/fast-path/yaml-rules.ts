/** YAML allows 1024 characters for a key on one line, its quotes included. */
export const MAX_KEY = 1000;

/** First characters that mean something else to YAML than the text they begin. */
export const INDICATORS: ReadonlySet<string> = new Set("-?:,[]{}#&*!|>'\"%@`");
