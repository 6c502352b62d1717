import { prepareToSend } from "../interception/install.ts";

/** Loads what sending a request needs. Loading it later would delay a response that is being recorded. */
export async function prepareToRecord(): Promise<void> {
  prepareToSend();
}
