import type { Interaction, RecordedResponse } from "../cassette/model.ts";
import { headerOf } from "../http/headers.ts";
import { traceInteraction } from "../providers/decode-stream.ts";

/** What undici, and so fetch, calls a connection that was closed before the response was complete. */
const CLOSED_EARLY = "UND_ERR_SOCKET";

/**
 * The response with its ending told more exactly than the connection tells it. What counts is the provider's
 * own end marker: an answer that was closed before it is `truncated`, whether HTTP ended in order or in the
 * middle; one that the client let go of after it is `complete` (SDKs stop reading at `[DONE]`). Servers that are known
 * to leave the marker out, and streams that end in an error of the provider's, are whole without it.
 */
export function classified(interaction: Interaction): RecordedResponse {
  const { response } = interaction;
  switch (response.end) {
    case "complete": {
      const { whole, events } = traceInteraction(interaction);
      // An image, speech: bytes that hold no event, and were not said to, are no stream that could be cut.
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
