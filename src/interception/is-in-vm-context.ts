import net from "node:net";

/**
 * Whether this code runs in a `vm` context, as in the vm pools of Vitest and in Jest. Node's own functions are of the
 * main realm, and so is everything that they load.
 */
export function isInVmContext(): boolean {
  return !(net.connect instanceof Function);
}
