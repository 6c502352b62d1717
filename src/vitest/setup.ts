import { startFile } from "./start-file.ts";

// Run by Vitest before every test file: the plugin names this module as a setup file. It has to be evaluated
// anew for each, so the plugin also has it inlined; what it imports keeps its state from file to file.
startFile();
