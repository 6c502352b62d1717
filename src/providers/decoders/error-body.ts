import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, objects, string } from "./values.ts";

/** Decodes the body of a failed response, in any provider's format. */
export class ErrorBodyDecoder implements StreamDecoder {
  readonly hasTerminator = false;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    const { payload } = event;
    if (payload === undefined) found.error(event.data.trim());
    for (const body of Array.isArray(payload) ? objects(payload) : [payload]) {
      if (!isObject(body)) continue;
      const [first] = objects(body.errors);
      // `type: "error"` is the type of the event, not of the error.
      const { type, ...rest } = body;
      if (first !== undefined) found.error(first);
      else if (typeof body.error === "string")
        found.error({ ...body, message: body.error, error: undefined });
      else if (type === "error") found.error(body.error ?? rest);
      else found.error(body.error ?? body, body.error === undefined ? string(body.__type) : undefined);
    }
    return found.items;
  }
}

/** Decodes the errors in a stream of an unknown provider, and nothing else. */
export class ErrorEventDecoder implements StreamDecoder {
  readonly hasTerminator = false;
  readonly #body = new ErrorBodyDecoder();

  decode(event: FramedEvent): readonly Decoded[] {
    return isErrorEvent(event) ? this.#body.decode(event) : [];
  }
}

/** Whether an event is an error, by its name, its type, or a field. */
export function isErrorEvent({ event, payload }: FramedEvent): boolean {
  if (event === "error") return true;
  return isObject(payload) && (payload.type === "error" || (payload.error ?? null) !== null);
}
