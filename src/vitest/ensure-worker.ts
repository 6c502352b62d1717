import { isInVmContext } from "../interception/is-in-vm-context.ts";
import { cannotLoadLater } from "./cannot-load-later.ts";
import { startFile } from "./start-file.ts";

// Importing the package without the plugin must be enough. If the plugin's setup file has run already, this only
// registers hooks that do nothing a second time.
startFile();
if (isInVmContext()) await import("../interception/interceptors-now.ts");
if (cannotLoadLater()) await Promise.all([import("../session/load-now.ts"), import("./load-now.ts")]);
