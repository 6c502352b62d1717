export type { ReceivedRequest } from "./received-request.ts";
export { type Cut, type Ending, type Script, scriptHeaders } from "./script.ts";
export {
  type ProviderServer,
  type ProviderServerOptions,
  startProviderServer,
} from "./start-provider-server.ts";
