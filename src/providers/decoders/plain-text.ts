import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";

/** Decodes plain text: all data is text. */
export class PlainTextDecoder implements StreamDecoder {
  readonly hasTerminator = false;

  decode(event: FramedEvent): readonly Decoded[] {
    return event.data === "" ? [] : [{ kind: "text", text: event.data }];
  }
}
