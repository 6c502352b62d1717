import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import nock from "nock-15";
import type { Mock } from "./mock.ts";
import { parts } from "./parts.ts";

nock.restore();

export const mock: Mock = {
  on() {
    nock.activate();
    for (const origin of ["http://mocked.example", "https://mocked.example"]) {
      nock(origin)
        .persist()
        .get("/json")
        .reply(200, { from: "mock" })
        .get("/stream")
        .reply(200, () => Readable.fromWeb(parts() as NodeReadableStream))
        .post("/echo", "said")
        .reply(200, "said");
    }
  },
  off() {
    nock.cleanAll();
    nock.restore();
  },
};
