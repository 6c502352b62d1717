import { AsyncLocalStorage } from "node:async_hooks";
