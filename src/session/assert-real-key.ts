import { CassetteError } from "../cassette/errors.ts";
import type { RecordedRequest } from "../cassette/model.ts";
import { STAND_IN_KEY } from "../cassette/stand-in-key.ts";
import { withoutQuery } from "./without-query.ts";

/** @throws CassetteError for a live request with a placeholder key: the provider would refuse it */
export function assertRealKey({ method, url, headers }: RecordedRequest): void {
  if (!url.includes(STAND_IN_KEY) && !headers.some(([, value]) => value.includes(STAND_IN_KEY))) return;
  throw new CassetteError(
    "CASSETTE_PLACEHOLDER_KEY",
    `Failed to record ${method} ${withoutQuery(url)}: it was sent with a placeholder key, which the plugin sets for tests that only replay. ` +
      "Its client was created before this cassette opened. Set the provider's key in the environment, or create the client in the test.",
  );
}
