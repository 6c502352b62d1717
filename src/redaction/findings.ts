import { CassetteError } from "../cassette/errors.ts";

/** A secret in a text that was about to be written. Says where it is and of what kind, never what. */
export interface Finding {
  /** As in its placeholder: `openai-key`. */
  readonly type: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** `interactions[0].response.body`; empty where the text does not show it. */
  readonly path: string;
}

/** A tape was not written because there was a secret in it. The old one, where there is one, is untouched. */
export class SecretFoundError extends CassetteError {
  override readonly name: string = "SecretFoundError";
  readonly file: string;
  readonly findings: readonly Finding[];

  constructor(file: string, findings: readonly Finding[]) {
    const shown = findings.slice(0, 10).map(({ type, line, column, path }) => {
      return `  ${file}:${line}:${column}  ${type}${path === "" ? "" : ` in ${path}`}`;
    });
    const more = findings.length > shown.length ? [`  and ${findings.length - shown.length} more`] : [];
    super(
      "CASSETTE_SECRET_FOUND",
      [
        `Failed to write ${file}: ${findings.length === 1 ? "a secret is" : `${findings.length} secrets are`} left in it. Nothing was written.`,
        ...shown,
        ...more,
        "If it is a secret, name its field or its shape in the option redact (fields, query, headers, values, patterns).",
        `If it is none, name the text, its shape or its place in redact.allow: ["${placeOf(findings)}"].`,
      ].join("\n"),
    );
    this.file = file;
    this.findings = findings;
  }
}

/** The first finding's field, wherever it is. */
function placeOf(findings: readonly Finding[]): string {
  const field = /([\w$-]+)(?:\[\d+\])*$/.exec(findings[0]?.path ?? "")?.[1];
  return `**.${field ?? "encrypted_content"}`;
}
