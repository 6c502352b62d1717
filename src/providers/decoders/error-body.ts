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
      // `type: "error"` names the event and not the error.
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

/** Errors in a stream that is nobody's: what else is in it is not known. */
export class ErrorEventDecoder implements StreamDecoder {
  readonly hasTerminator = false;
  readonly #body = new ErrorBodyDecoder();

  decode(event: FramedEvent): readonly Decoded[] {
    return tellsOfError(event) ? this.#body.decode(event) : [];
  }
}

/** Whether an event says that it is an error: by its name, its type, or a field. */
export function tellsOfError({ event, payload }: FramedEvent): boolean {
  if (event === "error") return true;
  return isObject(payload) && (payload.type === "error" || (payload.error ?? null) !== null);
}
