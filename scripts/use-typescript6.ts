/**
 * For the build alone: tsup makes declarations through the compiler API, which TypeScript 7 does not have and
 * asks for by the name `typescript`. Types are checked with 7.
 */
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === "typescript" ? "@typescript/typescript6" : specifier, context),
});
