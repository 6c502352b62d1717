declare module "mock-under-test" {
  import type { Mock } from "./mock.ts";
  export const mock: Mock;
}
