import { holdInterception, installInterception } from "../interception/install.ts";
import { sessionRouter } from "../session/router.ts";

/** Catches traffic outside any cassette until the returned function is called. */
export function catchOutside(): () => void {
  installInterception(sessionRouter);
  return holdInterception();
}
