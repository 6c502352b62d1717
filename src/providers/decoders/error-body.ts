import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, objects, string } from "./values.ts";

/** The body of a failed response, in any provider's shape. */
export class ErrorBodyDecoder implements StreamDecoder {
  readonly hasTerminator = false;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    const { payload } = event;
    if (payload === undefined) found.error(event.data.trim());
    for (const body of Array.isArray(payload) ? objects(payload) : [payload]) {
      if (!isObject(body)) continue;
      const [first] = objects(body.errors);
      if (first !== undefined) found.error(first);
      else if (typeof body.error === "string")
        found.error({ ...body, message: body.error, error: undefined });
      else found.error(body.error ?? body, body.error === undefined ? string(body.__type) : undefined);
    }
    return found.items;
  }
}
