/** The same as `session/load-now.ts`, for what needs Vitest. */
export {};
