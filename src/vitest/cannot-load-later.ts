import { isInVmContext } from "../interception/is-in-vm-context.ts";

/**
 * Whether modules of this package cannot be loaded with `require`: in a `vm` context, in code that Vite has transformed
 * (a second copy of the package would be loaded), and if Node was told not to.
 */
export function cannotLoadLater(): boolean {
  const { env } = import.meta as { readonly env?: unknown };
  const { require_module: canRequire } = process.features as { readonly require_module?: boolean };
  return isInVmContext() || env !== undefined || canRequire === false;
}
