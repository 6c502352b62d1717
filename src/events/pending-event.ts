import { asError } from "../cassette/is-error.ts";
import { type CassetteEvent, EVENT_VERSION, type EventFields } from "./event.ts";

/** An event that is worked out only if a reader asks for it. */
export interface PendingEvent {
  readonly type: CassetteEvent["type"];
  readonly session: string;
  readonly seq: number;
  readonly time: number;
  /** How many bytes it keeps in memory until it is read, in addition to its session. */
  readonly held: number;
  /** Returns the event, the same each time. */
  read(): CassetteEvent;
  /** Notes that it is not delivered. */
  drop(): void;
}

/** The memory that an event needs until it is read, in addition to that of its session. */
export interface EventMemory {
  readonly bytes: number;
  /** Called when the event is not delivered. */
  onDrop(): void;
}

/**
 * Creates an event that is worked out later.
 *
 * @param read returns what it says; called once at most
 * @param onDrop called when it is not delivered
 */
export function pendingEvent<Type extends CassetteEvent["type"]>(
  about: Pick<PendingEvent, "session" | "seq" | "time"> & { readonly type: Type },
  read: () => EventFields<Type>,
  memory: EventMemory | undefined,
  onDrop: () => void,
): PendingEvent {
  let event: CassetteEvent | undefined;
  return {
    ...about,
    held: memory?.bytes ?? 0,
    read() {
      event ??= complete(about, read);
      return event;
    },
    drop() {
      onDrop();
      memory?.onDrop();
    },
  };
}

/** An event never fails the code that it is about: if it cannot be worked out, it says so. */
function complete(
  { type, session, seq, time }: Pick<PendingEvent, "type" | "session" | "seq" | "time">,
  read: () => object,
): CassetteEvent {
  const common = { v: EVENT_VERSION, session, seq, time } as const;
  try {
    return { ...common, type, ...read() } as CassetteEvent;
  } catch (error) {
    const message = `Failed to describe a ${type} event: ${asError(error).message}`;
    return { ...common, type: "log", message };
  }
}
