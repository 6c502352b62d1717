import { prepareToSend } from "../interception/install.ts";

let loading: Promise<unknown> | undefined;

/** Loads what sending and recording a request needs. Loading it later would delay a response that is being recorded. */
export async function prepareToRecord(): Promise<void> {
  prepareToSend();
  // Another test of this worker may save its tape while this one records.
  loading ??= import("../format/render-tape.ts");
  await loading;
}
