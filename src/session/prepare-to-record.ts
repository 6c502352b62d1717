import { prepareToSend } from "../interception/install.ts";
import type { Redactor } from "../redaction/redactor.ts";

/** Loads what sending and recording a request need. Loading it later would delay a response that is being recorded. */
export async function prepareToRecord(redactor: Redactor): Promise<void> {
  prepareToSend();
  // Compiles its rules.
  void redactor.basis;
}
