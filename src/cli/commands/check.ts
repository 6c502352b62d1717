import type { Command } from "../command.ts";
import { FOLDERS, JSON_OUTPUT } from "../common-options.ts";

export const check: Command = {
  summary: "find broken cassettes and leftover files, and secrets with --secrets",
  operands: "",
  names: [0, 0],
  about:
    "Reads every cassette. Reports broken ones, older format versions, and temporary files of processes that died. " +
    "The rules under redact in the Vitest config apply; --field, --header, --query, --pattern and --allow add to them.",
  options: {
    secrets: {
      type: "flag",
      help:
        "also report secrets: values of credentials in this environment, known shapes of keys, and secret names of " +
        "fields, headers and parameters",
    },
    fix: {
      type: "flag",
      help: "like --secrets, and replace secrets with placeholders; also delete leftover files",
    },
    field: { type: "list", value: "name", help: "a secret field of bodies (redact.fields)" },
    header: { type: "list", value: "name", help: "a secret header (redact.headers)" },
    query: { type: "list", value: "name", help: "a secret query parameter (redact.query)" },
    pattern: { type: "list", value: "regexp", help: "a shape of secret text (redact.patterns)" },
    allow: {
      type: "list",
      value: "what",
      help: "a text, /shape/ or path that is no secret (redact.allow)",
    },
    ...FOLDERS,
    ...JSON_OUTPUT,
  },
  examples: ["check", "check --secrets", "check --fix --field customer_token"],
  exitCodes: "0 if nothing is left to do, 1 if a problem was found",
  run: async (context) => (await import("../check.ts")).check(context),
};
