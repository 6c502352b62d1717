import type { CallSite } from "../sender-site.ts";

/**
 * How traffic leaves the process without being recorded:
 * - `upgrade`: an HTTP request that turns into another protocol
 * - `session`: a request on an HTTP/2 session from before the cassette
 */
export type Way = "tcp" | "tls" | "udp" | "dns" | "upgrade" | "session" | "worker" | "process";

/** Traffic that is not recorded, reported when the code under test opens it. */
export interface UnrecordedTraffic {
  readonly way: Way;
  /** `tcp://db.example.com:5432`, `dns://api.example.com`, `wss://api.openai.com/v1/realtime`, `worker:`, `process:git` */
  readonly url: string;
  /** Where it was opened. */
  readonly site: CallSite;
}

export type ReportUnrecorded = (traffic: UnrecordedTraffic) => void;

/** Returns `tcp://127.0.0.1:5432` for an address and port as Node's functions take them. */
export function urlOfPeer(
  way: "tcp" | "tls" | "udp" | "dns",
  host: string | null | undefined,
  port?: number | string | null,
): string {
  const name = host?.includes(":") ? `[${host}]` : host || "localhost";
  return `${way}://${name}${port ? `:${port}` : ""}`;
}
