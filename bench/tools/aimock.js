import { LLMock } from "@copilotkit/aimock";

/**
 * A local server: the code under test has to send to its address.
 *
 * @type {import("../support/tools.ts").Tool}
 */
export const tool = {
  async record(folder, origin, work) {
    const mock = new LLMock({ port: 0, record: { providers: { openai: origin }, fixturePath: folder } });
    await mock.start();
    await work(mock.url);
    await mock.stop();
  },
  async replay(folder, _, work) {
    const mock = new LLMock({ port: 0, strict: true });
    mock.loadFixtureDir(folder);
    await mock.start();
    await work(mock.url);
    await mock.stop();
  },
};
