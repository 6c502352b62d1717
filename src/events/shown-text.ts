import { TextDecoder } from "node:util";
import { cutText } from "./summarize.ts";

/** Keeps nothing between texts. */
const decoder = new TextDecoder("utf-8");

/** Returns bytes as text, cut if it is long; `undefined` if they are not text. A chunk may begin or end inside of a character. */
export function shownText(bytes: Uint8Array): string | undefined {
  return bytes.includes(0) ? undefined : cutText(decoder.decode(bytes));
}
