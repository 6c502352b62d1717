/**
 * Node's `process`, captured before code under test can replace the global. An import of `node:process` reads all
 * properties and so opens the standard input, which takes 2 ms in every test file.
 */
export const process: NodeJS.Process = globalThis.process;
