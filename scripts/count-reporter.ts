import type { Reporter, TestModule } from "vitest/node";

/** Closes a run with one plain line that any tool can read. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== "pending") counts[state]++;
      }
      // A file that could not be collected has no tests to fail.
      if (module.state() === "failed" && [...module.children.allTests("failed")].length === 0)
        counts.failed++;
    }
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}
