import type { StepType } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import { eventError, eventValue } from "./event-value.ts";
import { type AnnouncedTool, type EventScope, innermostParent } from "./parent-scope.ts";
import type { RunEvents } from "./run-events.ts";

/** Something that an SDK has announced and that runs. */
export interface SdkWork {
  /** What happens in it runs in this scope. */
  readonly scope: EventScope;
  end(result: { readonly output?: unknown; readonly error?: unknown }): void;
}

/** Sends the events of a tool call that an SDK announces. If the tool is wrapped, it sends none of its own. */
export function sdkTool(
  events: RunEvents,
  {
    name,
    callId,
    input,
  }: { readonly name: string; readonly callId: string | undefined; readonly input: unknown },
): SdkWork {
  const { bus, parent } = events;
  const startedAt = now();
  const announced: AnnouncedTool = { id: bus.newId(), name, isTaken: false };
  const { id } = announced;
  const given = eventValue(input, events);
  const clean = (): string => events.redactor.redactName(name);
  bus.emit("tool_call", () => ({ id, parent, name: clean(), kind: "tool", callId, input: given() }));
  return {
    scope: { owner: events.owner, outer: innermostParent(), eventId: id, announced },
    end(result) {
      const { played } = announced;
      const duration = played === undefined ? now() - startedAt : played.duration;
      const output = eventValue(result.output, events);
      const error = eventError(result.error, events);
      bus.emit("tool_result", () => ({
        id,
        parent,
        name: clean(),
        output: output(),
        error: error(),
        duration,
        replayed: played !== undefined,
      }));
    },
  };
}

/** Sends the events of a step that an SDK announces. It is not on the tape. */
export function sdkStep(events: RunEvents, name: string, kind: StepType): SdkWork {
  const step = events.step(name, kind, now());
  return {
    scope: { owner: events.owner, outer: innermostParent(), eventId: step?.id },
    end: ({ error }) => step?.end(now(), error),
  };
}
