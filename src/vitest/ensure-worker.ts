import { startFile } from "./start-file.ts";

// Importing the package alone, without the plugin, has to do: where the plugin's setup file has run already
// this only registers hooks that do nothing a second time.
startFile();
