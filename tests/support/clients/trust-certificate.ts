import { getCACertificates, setDefaultCACertificates } from "node:tls";

/**
 * Makes every client of this process trust a certificate, beside those it trusts already. Gives `false` where
 * this Node cannot (before 22.19 and 24.5). Global fetch keeps what it trusts from its first https connection on.
 */
export function trustCertificate(pem: string): boolean {
  if (typeof setDefaultCACertificates !== "function") return false;
  setDefaultCACertificates([...getCACertificates("default"), pem]);
  return true;
}
