import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CANARIES, CANARY_ENV } from "./secrets.ts";
import { redactorOf, requestOf, responseOf, tapeOf } from "./support.ts";
import { halvesOf } from "./traces.ts";
import { STREAM_PLACES, WHOLE_PLACES } from "./traffic.ts";

const redactor = redactorOf({}, CANARY_ENV);

const plain = WHOLE_PLACES.filter(({ isEncoded }) => !isEncoded);

test("the gate finds nothing on the tape of what was redacted, and nor does anybody else", () => {
  for (const { request = () => requestOf({}), response = () => responseOf([]), name } of plain) {
    for (const { secret, name: kind } of CANARIES) {
      const [asked, answered] = [request(secret), response(secret)];
      const clean = redactor.redactRequest(asked);
      const tape = tapeOf(clean, redactor.redactResponse(answered, asked));
      expect(redactor.scan(tape), `${kind} in ${name}`).toEqual([]);
      for (const part of halvesOf(secret)) expect(tape.includes(part), `${kind} in ${name}`).toBe(false);
    }
  }
});

test.each([["in one event"], ["in two"]])(
  "the gate finds no secret of a redacted stream, and those of any other (%s)",
  (way) => {
    for (const place of STREAM_PLACES) {
      for (const { secret, name } of CANARIES) {
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
        if (!place.isEncoded)
          expect(
            redactor.scan(tapeOf(requestOf({}), redactor.redactResponse(response, requestOf({})))),
            where,
          ).toEqual([]);
        // JSON that has no lines of its own is put together by the redactor only.
        if (way === "in two" && place.contentType === "application/json") continue;
        expect(redactor.scan(tapeOf(requestOf({}), response)).length, where).toBeGreaterThan(0);
      }
    }
  },
);

const corpus = process.env.CASSETTE_CORPUS;

test.skipIf(corpus === undefined)(
  "the gate lets the tape of every captured stream through (needs CASSETTE_CORPUS)",
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
