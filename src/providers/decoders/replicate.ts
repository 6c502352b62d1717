import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, object } from "./values.ts";

/** Decodes Replicate: `output` events whose data is the text. */
export class ReplicateDecoder implements StreamDecoder {
  readonly hasTerminator = true;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    switch (event.event) {
      case "output":
        found.text(event.data);
        break;
      case "error":
        found.error(isObject(event.payload) ? event.payload : event.data);
        break;
      case "done":
        found.finish(object(event.payload).reason ?? "done");
        found.terminated();
        break;
      case undefined:
        prediction(event.payload, found);
        break;
    }
    return found.items;
  }
}

/** Reads a prediction without streaming. */
function prediction(payload: unknown, found: Findings): void {
  const { output, error, status, detail } = object(payload);
  if (Array.isArray(output)) for (const piece of output) found.text(piece);
  else found.text(output);
  if (status === "succeeded" || status === "failed" || status === "canceled") found.finish(status);
  found.error(error ?? detail);
}
