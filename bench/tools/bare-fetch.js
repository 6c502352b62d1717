/**
 * No tool: it can only go live.
 *
 * @type {import("../support/tools.ts").Tool}
 */
export const tool = {
  record: (_, origin, work) => work(origin),
  replay: (_, origin, work) => work(origin),
};
