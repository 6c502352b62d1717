import { expect, test, vi } from "vitest";
import type { RecordedRequest } from "../../src/cassette/model.ts";
import { LiveRequests } from "../../src/session/live-requests.ts";
import { registerMatchers } from "../../src/vitest/register-matchers.ts";
import { CHAT_URL, chatEvents, interaction, tapes } from "./support.ts";

registerMatchers();

const request = (url: string): RecordedRequest => ({ method: "GET", url, headers: [] });

test("requests are redacted once, in the order in which they were sent, and not before somebody looks at one", () => {
  const redact = vi.fn(({ url }: RecordedRequest) => request(`${url}#redacted`));
  const requests = new LiveRequests(redact);
  const { list } = requests;
  requests.add(request("a"));
  const second = requests.add(request("b"));
  expect(redact).not.toHaveBeenCalled();
  expect(second().url).toBe("b#redacted");
  expect(redact.mock.calls.map(([{ url }]) => url)).toEqual(["a", "b"]);
  expect(list.map(({ url }) => url)).toEqual(["a#redacted", "b#redacted"]);
  expect(second()).toBe(list[1]);
  expect(redact).toHaveBeenCalledTimes(2);
});

test("a list that was taken before the requests were sent is an array that grows with them", () => {
  const requests = new LiveRequests((each) => each);
  const taken = requests.list;
  expect([taken.length, Array.isArray(taken), [...taken]]).toEqual([0, true, []]);
  requests.add(request("a"));
  expect(taken).toHaveLength(1);
  expect(taken).toEqual([request("a")]);
  expect(JSON.stringify(taken)).toBe(JSON.stringify([request("a")]));
  expect(0 in taken).toBe(true);
});

test("a matcher knows that a header was sent, although it is not in the list", async () => {
  using folder = tapes();
  folder.tape("t", [interaction(CHAT_URL, { chunks: chatEvents("a") })]);
  await folder.play("t", {}, async (cassette) => {
    await fetch(CHAT_URL, { method: "POST", headers: { authorization: "Bearer sk-1" } });
    expect(cassette.requests[0]?.headers.map(([name]) => name)).not.toContain("authorization");
    expect(() => expect(cassette).not.toHaveRequested({ headers: { authorization: /Bearer/ } })).toThrow(
      "this cannot be checked",
    );
    expect(cassette).not.toHaveRequested({ headers: { authorization: /Basic/ } });
    expect(cassette).not.toHaveRequested({ headers: { "x-api-key": expect.any(String) } });
  });
});
