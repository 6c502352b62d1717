/** Returns the host of an absolute URL, with its port. Accepts placeholders, which `new URL()` does not. */
export function hostOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(url)?.[1] ?? "";
}
