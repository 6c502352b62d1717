import { cannotLoadLater, loadParts } from "../session/load-parts.ts";

/** The same as `loadParts()`, and the matchers. */
export async function loadMatchers(): Promise<void> {
  await loadParts();
  if (cannotLoadLater()) await import("./load-now.ts");
}
