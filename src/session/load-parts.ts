import { isInVmContext } from "../interception/is-in-vm-context.ts";

/** The build makes most of the package load when it is first called. If that cannot work here, loads it now. */
export async function loadParts(): Promise<void> {
  if (isInVmContext()) await import("../interception/interceptors-now.ts");
  if (cannotLoadLater()) await import("./load-now.ts");
}

/**
 * Whether modules of this package cannot be loaded with `require`: in a `vm` context, in code that Vite has transformed
 * (a second copy of the package would be loaded), and if Node was told not to.
 */
export function cannotLoadLater(): boolean {
  const { env } = import.meta as { readonly env?: unknown };
  const { require_module: canRequire } = process.features as { readonly require_module?: boolean };
  return isInVmContext() || env !== undefined || canRequire === false;
}
