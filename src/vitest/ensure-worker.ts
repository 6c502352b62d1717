import { loadMatchers } from "./load-matchers.ts";
import { startFile } from "./start-file.ts";

// Importing the package without the plugin must be enough. If the plugin's setup file has run already, this only
// registers hooks that do nothing a second time.
startFile();
await loadMatchers();
