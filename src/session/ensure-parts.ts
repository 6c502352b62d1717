import { loadParts } from "./load-parts.ts";

await loadParts();
