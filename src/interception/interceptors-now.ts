import { HttpRequestInterceptor } from "@mswjs/interceptors/http";
import { setInterceptorClass } from "./interceptor-class.ts";

// For code that cannot load the interceptors later: in a `vm` context, that would load them in another realm.
setInterceptorClass(HttpRequestInterceptor);
