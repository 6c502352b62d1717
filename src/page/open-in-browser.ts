import { spawn } from "node:child_process";
import { CassetteError } from "../cassette/errors.ts";
import { systemReason } from "../storage/storage-error.ts";

/**
 * Opens a page with the program of the system.
 *
 * @throws CassetteError `CASSETTE_NO_BROWSER` if there is none
 */
export async function openInBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const [command, args] = browserCommand(url);
  // The environment is the caller's: tests replace PATH.
  const child = spawn(command, args, { stdio: "ignore", detached: true, env: env as NodeJS.ProcessEnv });
  await new Promise<void>((done, failed) => {
    child.once("spawn", done);
    child.once("error", (cause) =>
      failed(
        new CassetteError(
          "CASSETTE_NO_BROWSER",
          `Failed to open a browser: ${systemReason(cause)}.\nOpen this page yourself: ${url}`,
          { cause },
        ),
      ),
    );
  });
  child.unref();
}

function browserCommand(url: string): readonly [command: string, args: readonly string[]] {
  switch (process.platform) {
    case "darwin":
      return ["open", [url]];
    case "win32":
      return ["explorer", [url]];
    default:
      return ["xdg-open", [url]];
  }
}
