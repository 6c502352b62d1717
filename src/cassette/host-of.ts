/** The host of an absolute URL, with its port. A placeholder for a secret may stand in it, which no URL may hold. */
export function hostOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(url)?.[1] ?? "";
}
