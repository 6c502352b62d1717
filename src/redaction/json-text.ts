/** Whether `text` is JSON, or begins to be. */
export function looksLikeJson(text: string): boolean {
  return /^\s{0,64}[[{]/.test(text) && text.includes('"');
}

/** Where JSON begins in a text that may say something before: an answer that shows some. -1 where there is none. */
export function jsonIn(text: string): number {
  if (looksLikeJson(text)) return 0;
  return text.includes('"') ? text.search(/\{\s{0,64}"/) : -1;
}
