import { type TracingChannel, tracingChannel } from "node:diagnostics_channel";
import { eventError, eventValue } from "../calls/event-value.ts";
import {
  type AnnouncedTool,
  type EventScope,
  innermostParent,
  parentStorage,
} from "../calls/parent-scope.ts";
import type { RunEvents } from "../calls/run-events.ts";
import { asError } from "../cassette/is-error.ts";
import { isObject } from "../cassette/is-object.ts";
import type { StepType } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import { currentSession } from "./scope.ts";

const AI_SDK = "ai:telemetry";
const KEY = Symbol.for("vitest-cassette/sdk-telemetry/1");

interface Following {
  /** How many sessions are listened to. */
  sessions: number;
  stop: () => void;
}

/**
 * Makes events of what SDKs publish themselves, until the returned function is called: the AI SDK's tool calls and steps.
 * Nothing is subscribed while nobody listens, because the AI SDK then skips the work.
 */
export function followSdks(): () => void {
  const holder = globalThis as { [KEY]?: Following };
  holder[KEY] ??= { sessions: 0, stop: () => undefined };
  const following = holder[KEY];
  if (following.sessions++ === 0) following.stop = subscribe();
  return () => {
    if (--following.sessions === 0) following.stop();
  };
}

function subscribe(): () => void {
  const running = new WeakMap<object, { readonly work: SdkWork; readonly events: RunEvents }>();
  const channel: TracingChannel<unknown, object> = tracingChannel(AI_SDK);
  const start = (message: object): EventScope | undefined => {
    const outer = innermostParent();
    const events = currentSession()?.run.timeline.events;
    if (events?.isOn !== true) return outer;
    return guarded(events, outer, () => {
      const work = workOf(events, message as Message);
      if (work === undefined) return outer;
      running.set(message, { work, events });
      return work.scope;
    });
  };
  const end = (message: object): void => {
    const started = running.get(message);
    if (started === undefined) return;
    running.delete(message);
    const { work, events } = started;
    guarded(events, undefined, () => work.end(resultOf(message as Message)));
  };
  // Runs what the SDK announces with the store that `start` returns.
  channel.start.bindStore(parentStorage(), start);
  const subscribers = { error: end, asyncEnd: end } as Parameters<typeof channel.subscribe>[0];
  channel.subscribe(subscribers);
  return () => {
    channel.start.unbindStore(parentStorage());
    channel.unsubscribe(subscribers);
  };
}

/** What a subscriber throws ends the process. */
function guarded<T>(events: RunEvents, otherwise: T, body: () => T): T {
  try {
    return body();
  } catch (thrown) {
    events.log(`Failed to read the AI SDK's telemetry: ${asError(thrown).message}`);
    return otherwise;
  }
}

/** The fields of the AI SDK's messages that are read. */
interface Message {
  readonly type?: unknown;
  readonly event?: {
    readonly functionId?: unknown;
    readonly stepNumber?: unknown;
    readonly toolCall?: {
      readonly toolName?: unknown;
      readonly toolCallId?: unknown;
      readonly input?: unknown;
    };
  };
  readonly result?: unknown;
  readonly error?: unknown;
}

function workOf(events: RunEvents, { type, event }: Message): SdkWork | undefined {
  switch (type) {
    // The request that it sends is an event.
    case "languageModelCall":
      return undefined;
    case "executeTool": {
      const { toolName, toolCallId, input } = event?.toolCall ?? {};
      return sdkTool(events, {
        name: textOr(toolName, "tool"),
        callId: textOr(toolCallId, undefined),
        input,
      });
    }
    case "step": {
      const { stepNumber } = event ?? {};
      return sdkStep(events, typeof stepNumber === "number" ? `step ${stepNumber + 1}` : "step", "step");
    }
    default: {
      if (typeof type !== "string") return undefined;
      const isLoop = type === "generateText" || type === "streamText";
      return sdkStep(events, textOr(event?.functionId, type), isLoop ? "agent" : "task");
    }
  }
}

/** A tool that throws is a result with an error to the AI SDK. */
function resultOf({ result, error }: Message): Parameters<SdkWork["end"]>[0] {
  if (error !== undefined) return { error };
  const output = isObject(result) ? result.output : undefined;
  if (!isObject(output)) return {};
  return output.type === "tool-error" ? { error: output.error } : { output: output.output };
}

function textOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === "string" && value !== "" ? value : otherwise;
}

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
