import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placesIn, renderTape } from "../../src/format/index.ts";
import { CANARIES, CANARY_ENV } from "./secrets.ts";
import { redactorOf, requestOf, responseOf, tapeOf } from "./support.ts";
import { halvesOf } from "./traces.ts";
import { STREAM_PLACES, WHOLE_PLACES } from "./traffic.ts";

const redactor = redactorOf({}, CANARY_ENV);

const plain = WHOLE_PLACES.filter(({ isEncoded }) => !isEncoded);

test("the gate finds nothing in a redacted tape, and a plain search finds nothing either", () => {
  for (const { request = () => requestOf({}), response = () => responseOf([]), name } of plain) {
    for (const { secret, name: kind } of CANARIES) {
      const [asked, answered] = [request(secret), response(secret)];
      const clean = redactor.redactRequest(asked);
      const tape = tapeOf(clean, redactor.redactResponse(answered));
      expect(redactor.scan(tape), `${kind} in ${name}`).toEqual([]);
      for (const part of halvesOf(secret)) expect(tape.includes(part), `${kind} in ${name}`).toBe(false);
    }
  }
});

// Each secret is in each stream in one of the two ways.
test.each([
  ["in one event", 0],
  ["in two", 1],
])(
  "the gate finds no secret in a redacted stream, and every secret in any other stream (%s)",
  (way, first) => {
    for (const [number, place] of STREAM_PLACES.entries()) {
      for (const { secret, name } of CANARIES.filter((_, index) => (index + number) % 2 === first)) {
        const middle = secret.length >> 1;
        const pieces =
          way === "in two"
            ? ["so ", secret.slice(0, middle), secret.slice(middle), " it is"]
            : [`so ${secret} it is`];
        const chunks = place
          .events(pieces)
          .map((event) => (typeof event === "string" ? Buffer.from(event) : event));
        const response = responseOf(chunks, [["content-type", place.contentType]]);
        const where = `${name} in ${place.name}`;
        if (!place.isEncoded) {
          const redacted = redactor.redactResponse(response);
          expect(redactor.scan(tapeOf(requestOf({}), redacted)), where).toEqual([]);
        }
        // Only the redactor joins JSON that has no lines of its own.
        if (way === "in two" && place.contentType === "application/json") continue;
        expect(redactor.scan(tapeOf(requestOf({}), response)).length, where).toBeGreaterThan(0);
      }
    }
  },
);

test("in streams that were searched when they were recorded, the gate finds the same as in others", () => {
  const secret = CANARIES.find(({ name }) => name === "groq")?.secret ?? "";
  const encoded = Buffer.from(`it is ${secret} here`).toString("base64");
  let refused = 0;
  for (const place of STREAM_PLACES.filter(({ isEncoded }) => !isEncoded)) {
    for (const pieces of [
      ["so ", "it is"],
      ["so ", encoded.slice(0, 30), encoded.slice(30)],
      ["so ", secret.slice(0, 20), secret.slice(20), " it is"],
    ]) {
      const interactions = [pieces, ["other ", "words"]].map((said, at) => {
        const chunks = place.events(said);
        const response = responseOf(chunks, [["content-type", place.contentType]]);
        const request = requestOf({ body: { at } });
        return {
          kind: "request" as const,
          at,
          request,
          response: redactor.redactResponse(response),
        };
      });
      const text = renderTape({ version: 1, interactions });
      const found = redactor.scan(text, placesIn);
      expect(redactor.scan(text, placesIn, interactions), place.name).toEqual(found);
      if (found.length > 0) refused++;
    }
  }
  expect(refused).toBeGreaterThan(10);
});

test("a stream that was searched by other rules is searched again", () => {
  const others = redactorOf({}, {});
  const own = redactorOf({}, { APP_TOKEN: "opaque-value-0001" });
  const events = ["opaque-", "value-0001"].map((content) =>
    Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`),
  );
  const response = others.redactResponse(responseOf(events, [["content-type", "text/event-stream"]]));
  const interactions = [{ kind: "request" as const, at: 0, request: requestOf({}), response }];
  const text = renderTape({ version: 1, interactions });
  expect(own.scan(text, placesIn, interactions)).toMatchObject([{ type: "app-token" }]);
});

const corpus = process.env.CASSETTE_CORPUS;

test.skipIf(corpus === undefined)(
  "the gate accepts the tape of every captured stream (needs CASSETTE_CORPUS)",
  () => {
    const stopped = readdirSync(corpus ?? "", { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .flatMap((file) => {
        const body = readFileSync(file);
        const findings = redactor.scan(tapeOf(requestOf({ body }), responseOf([body])));
        return findings.length === 0 ? [] : [{ file, findings }];
      });
    expect(stopped).toEqual([]);
  },
);
