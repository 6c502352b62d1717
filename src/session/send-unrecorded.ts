import { type Answer, ConnectionFailure, type Exchange } from "../interception/exchange.ts";

/** Sends a request to the live provider without recording it. */
export async function sendUnrecorded(exchange: Exchange): Promise<Answer> {
  try {
    return { kind: "respond", response: await exchange.send(exchange.signal) };
  } catch (error) {
    if (error instanceof ConnectionFailure) return { kind: "fail", failure: error };
    throw error;
  }
}
