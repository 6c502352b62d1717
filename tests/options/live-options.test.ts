import { expect, test } from "vitest";
import { checkLiveOptions, checkProjectOptions } from "../../src/options/check-options.ts";
import { resolveLive } from "../../src/options/live-options.ts";

const variable = (value: string): Record<string, string> => ({ VITEST_CASSETTE_LIVE: value });

test.for([
  [undefined, "", undefined],
  [false, "", undefined],
  [true, "", {}],
  [{ port: 1 }, "", { port: 1 }],
  [undefined, "1", {}],
  [{ host: "::1" }, "true", { host: "::1" }],
  [{ port: 1, open: true }, "4999", { port: 4999, open: true }],
  [true, "0", undefined],
  [{ port: 1 }, "false", undefined],
] as const)("the option %o and VITEST_CASSETTE_LIVE=%s are %o", ([given, value, resolved]) => {
  expect(resolveLive(given, variable(value))).toEqual(resolved);
});

test.for(["yes", "65536", "-1", "1.5", " 1"])(
  "VITEST_CASSETTE_LIVE=%s is an error that lists what is valid",
  (value) => {
    expect(() => resolveLive(true, variable(value))).toThrow(
      `VITEST_CASSETTE_LIVE is '${value}', but must be unset, '1' or 'true' for the live view, '0' or 'false' for none, or a port.`,
    );
  },
);

test("the options are checked", () => {
  for (const live of [true, false, {}, { port: 0, host: "localhost", open: true }])
    expect(() => checkProjectOptions({ live })).not.toThrow();
  expect(() => checkProjectOptions({ live: "yes" })).toThrow(
    "live is 'yes', but must be true, false or { port, host, open }.",
  );
  expect(() => checkProjectOptions({ live: { port: 70_000 } })).toThrow(
    "live.port is 70000, but must be a port: an integer from 0 to 65535.",
  );
  expect(() => checkLiveOptions({ prot: 1 })).toThrow("Unknown option prot. Did you mean port?");
});
