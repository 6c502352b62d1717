import { readFileSync } from "node:fs";
import { join } from "node:path";

export const repository = join(import.meta.dirname, "../..");

/** One fenced block of a page. */
export interface Block {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** The text after the language on the opening fence. */
  readonly info: string;
  readonly code: string;
}

export function readPage(file: string): string {
  return readFileSync(join(repository, file), "utf8");
}

/** Lists the fenced blocks of a page, or only those in one language. */
export function blocksOf(page: string, language?: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+)(.*)\n([\s\S]*?)^```$/gm)]
    .map((fence) => {
      const [, name = "", info = "", code = ""] = fence;
      return { line: page.slice(0, fence.index).split("\n").length, language: name, info, code };
    })
    .filter((block) => language === undefined || block.language === language);
}
