import type { Interaction, RecordedResponse } from "../cassette/model.ts";
import { storedBodyOf } from "../cassette/stored-body.ts";
import { headerOf } from "../http/headers.ts";
import { isBinary } from "../http/is-binary.ts";
import { traceInteraction } from "../providers/decode-stream.ts";

/** The code that undici, and so fetch, uses if a connection closes before the response is complete. */
const CLOSED_EARLY = "UND_ERR_SOCKET";

/**
 * Returns the response with a more exact `end` than the connection tells. The provider's own end marker decides: a
 * response that closed before it is `truncated`, whether HTTP ended in order or not; one that the client left after it is
 * `complete` (SDKs stop reading at `[DONE]`). Responses of servers that are known to leave the marker out, and streams that
 * end in an error event of the provider, are complete without it.
 */
export function streamEnd(interaction: Interaction): RecordedResponse {
  const { response } = interaction;
  const isStored = storedBodyOf(response.chunks) !== undefined;
  if (response.end === "complete" && (isStored || isBinary(response))) return response;
  switch (response.end) {
    case "complete": {
      const { whole, events } = traceInteraction(interaction);
      // Images and speech have no events, and their content type promises none: they cannot be cut short.
      const streamed = /event-?stream|json/i.test(headerOf(response.headers, "content-type") ?? "");
      if (whole || (events.length === 0 && !streamed)) return response;
      return { ...response, end: "truncated" };
    }
    case "aborted":
      return traceInteraction(interaction).terminated === true ? { ...response, end: "complete" } : response;
    case "reset":
      return response.error?.code === CLOSED_EARLY && response.status !== 0
        ? { ...response, end: "truncated" }
        : response;
    case "truncated":
      return response;
  }
}
