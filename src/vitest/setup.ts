import { loadEarly, startFile } from "./start-file.ts";

// Vitest runs this module before every test file, because the plugin adds it as a setup file. The plugin also inlines
// it, so that it is evaluated for each file. The modules that it imports keep their state between files.
startFile();
await loadEarly();
