import { loadMatchers } from "./load-matchers.ts";

await loadMatchers();
