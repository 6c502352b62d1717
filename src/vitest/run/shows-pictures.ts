import type { Vitest } from "vitest/node";

/** Whether something shows the images of annotations: the UI, an HTML report, or a blob that may become one. */
export function showsPictures({ config }: Vitest): boolean {
  return config.ui || config.reporters.some((each) => Array.isArray(each) && /^(?:html|blob)$/.test(each[0]));
}
