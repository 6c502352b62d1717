import type { RecordedResponse } from "../cassette/model.ts";
import { headerOf } from "./headers.ts";

/** Whether a body has no events by its type: an image, speech. Looking for events in megabytes of it takes seconds. */
export function isBinary({ headers }: RecordedResponse): boolean {
  return /^(?:audio|font|image|video)\//i.test(headerOf(headers, "content-type") ?? "");
}
