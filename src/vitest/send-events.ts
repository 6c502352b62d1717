import { EventQueue } from "../events/event-queue.ts";
import { connectEventSocket, type EventAddress } from "../events/event-socket.ts";
import { eventOutputs } from "../events/outputs.ts";

/** How long the end of a test file waits until its events have left, in milliseconds. */
const FLUSH = 200;

/**
 * Sends the events of this test file to the process of the plugin.
 *
 * @returns a function that sends what is left, and stops
 */
export function sendEvents(address: EventAddress): () => Promise<void> {
  const socket = connectEventSocket(address);
  const queue = new EventQueue(socket);
  eventOutputs().add(queue);
  return async () => {
    eventOutputs().delete(queue);
    await queue.flush(FLUSH);
    socket.close();
  };
}
