import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The text of a file, or what makes it. */
type Make = string | Uint8Array | ((file: string) => void);

/** A tape of one GET; `response` and `request` are lines of YAML, indented as the fields of one. */
function tape(response: string, request = ""): string {
  return `cassette: 1
interactions:
  - request:
      method: GET
      url: https://api.openai.com/v1/models
${indented(request)}    response:
${indented(response)}`;
}

function indented(lines: string): string {
  return lines === "" ? "" : `${lines.trim().replace(/^(?=.)/gm, "      ")}\n`;
}

const LAUGHS = Array.from({ length: 12 }, (_, level) => {
  const inner = level === 0 ? '"ha"' : `*l${level - 1}`;
  return `  l${level}: &l${level} [${Array(10).fill(inner).join(", ")}]`;
}).join("\n");

const MIB = 1024 * 1024;

/** What could stand in place of a tape, none of which is one. */
export const HOSTILE_TAPES: Readonly<Record<string, Make>> = {
  "a quote that is never closed": tape('body: "one\n').replace(/\n$/, ""),
  "a tab for indentation": "cassette: 1\ninteractions:\n\t- request: {}\n",
  "a bracket that is never closed": "cassette: 1\ninteractions: [\n",
  "an alias bomb": `cassette: 1\nbombs:\n${LAUGHS}\ninteractions: *l11\n`,
  "a merge key": tape("<<: &all { status: 200 }\nbody: x"),
  "a tag that makes functions": tape('body: !!js/function "function () { process.exit(9) }"'),
  "a tag for binary": tape("body: !!binary aGVsbG8="),
  "a directive": `%YAML 1.1\n---\n${tape("body: x")}`,
  "two documents": `${tape("body: x")}---\n${tape("body: y")}`,
  "a prototype for a field": tape("body: x\n__proto__: { polluted: true }"),
  "a constructor for a field":
    "cassette: 1\nconstructor: { prototype: { polluted: true } }\ninteractions: []\n",
  "a prototype for the version": "__proto__: { cassette: 1 }\ninteractions: []\n",
  "a field that is there twice": tape("status: 200\nstatus: 500"),
  "a key that is there twice in a body": tape("body:\n  a: 1\n  a: 2"),
  "a header that is there twice": tape("headers: { a: x, a: y }\nbody: x"),
  "a field that nobody knows": tape("stauts: 200"),
  "a mapping in place of the list": "cassette: 1\ninteractions: { request: {} }\n",
  "a list in place of a mapping": "cassette: 1\ninteractions:\n  - [request, response]\n",
  "a text in place of a status": tape("status: fine"),
  "a header with a line break": tape('headers: { a: "x\\r\\nset-cookie: b" }\nbody: x'),
  "a URL that is none": tape("body: x").replace("https://api.openai.com", "//api.openai.com"),
  "a method with a blank": tape("body: x").replace("GET", "GET /etc/passwd HTTP/1.1"),
  "an infinite status": tape("status: .inf"),
  "a status with too many digits": tape(`status: ${"9".repeat(5000)}`),
  "a time beyond all timers": tape("timing: { headers: 1, chunks: [1e308] }\nbody: x"),
  "a time that is not a number": tape("timing: { headers: .nan, chunks: [1] }\nbody: x"),
  "a time below zero": tape("timing: { headers: -1, chunks: [1] }\nbody: x"),
  "times that run backwards": tape("timing: { headers: 1, chunks: [20, 10] }\ncuts: [1, 1]\nbody: xy"),
  "a cut of more than there is": tape("cuts: [1e300, 1]\nbody: xy"),
  "base64 that is none": tape('encoding: base64\nbody: "not base64!"'),
  "base64 that is cut off": tape("encoding: base64\nbody: aGVsb"),
  "a version of the future": "cassette: 2\nreels: []\n",
  "a version that is a word": "cassette: one\n",
  "a file without a byte": "",
  "a file of blanks": " \n\n  \n",
  "a file that is a list": "- cassette: 1\n",
  "a file of words": "not a tape\n",
  "a pointer to a file kept elsewhere": `version https://git-lfs.github.com/spec/v1\noid sha256:${"ab".repeat(32)}\nsize 12345\n`,
  "merge-conflict markers": `<<<<<<< HEAD\n${tape("body: x")}=======\n${tape("body: y")}>>>>>>> main\n`,
  "merge-conflict markers in a body": tape("body: |\n  one\n").replace(
    "        one",
    "<<<<<<< HEAD\n        one",
  ),
  "a NUL": tape("status: 200").replace("200", "2\0\0"),
  "UTF-16": Buffer.from(`\ufeff${tape("body: x")}`, "utf16le"),
  "bytes that are no text": Buffer.concat([Buffer.from(tape("body: x")), Buffer.of(0xff, 0xfe, 0x80, 10)]),
  "a thousand nested lists": tape(`body: ${"[".repeat(1000)}${"]".repeat(1000)}`),
  "a hundred thousand nested lists": tape(`body: ${"[".repeat(100_000)}`),
  "a list begun a thousand times on a line": `cassette: 1\ninteractions:\n  ${"- ".repeat(1000)}a\n`,
  "millions of brackets": (file) => writeFileSync(file, `cassette: 1\ninteractions: ${"[".repeat(60 * MIB)}`),
  "millions of items": (file) => writeFileSync(file, `cassette: 1\ninteractions: [${"1,".repeat(30 * MIB)}]`),
  "millions of events": (file) => {
    const body = `body: |+\n${"       a\n\n".repeat(4 * MIB)}`;
    writeFileSync(
      file,
      tape("headers: { content-type: text/event-stream }\nBODY").replace("BODY", () => body),
    );
  },
  "millions of dashes": (file) =>
    writeFileSync(file, `cassette: 1\ninteractions:\n${"  -\n".repeat(15 * MIB)}`),
  "millions of escapes in quotes that are never closed": (file) =>
    writeFileSync(file, tape(`body: "${"x\\n".repeat(20 * MIB)}`)),
  "200 MB of nothing": (file) => {
    writeFileSync(file, "");
    truncateSync(file, 200 * 1000 * 1000);
  },
  "a folder": (file) => mkdirSync(file),
  "a pipe": (file) => {
    if (spawnSync("mkfifo", [file]).status !== 0) mkdirSync(file);
  },
  "a link to itself": (file) => symlinkSync(file, file),
  "a link to nothing": (file) => symlinkSync("nothing.yaml", file),
  "a link to a device": (file) => symlinkSync("/dev/zero", file),
  "a link out of the folder": (file) => symlinkSync("../../outside.yaml", file),
  "a link to a file outside that is not there": (file) => symlinkSync("../../not-there.yaml", file),
};

/** Hostile in looks alone: they are played, and nothing comes of them but bytes. */
export const HARMLESS_TAPES: Readonly<Record<string, Make>> = {
  "a prototype in a body": tape(
    "headers: { content-type: application/json }\nbody: { __proto__: { polluted: true }, constructor: { prototype: { polluted: true } } }",
  ),
  "a prototype for a header": tape(
    "headers: { __proto__: x, constructor: y, content-type: application/json }\nbody: { a: 1 }",
  ),
  "a body that looks like YAML": tape(
    'headers: { content-type: application/json }\nbody: |-\n  "*alias &anchor !!js/function <<<<<<<"',
  ),
  "a link within the folder": (file) => symlinkSync("a prototype in a body.yaml", file),
};

export function makeFile(file: string, make: Make): void {
  mkdirSync(dirname(file), { recursive: true });
  if (typeof make === "function") make(file);
  else writeFileSync(file, make);
}

/** Names that lead elsewhere, or that some file system would take for something else. */
export const HOSTILE_NAMES: readonly string[] = [
  "../outside",
  "hostile/../../outside",
  "..\\outside",
  "/etc/passwd",
  "C:\\windows\\win",
  "//server/share",
  "a\0b",
  "./a",
  "",
  " ",
  "a//b",
  "a/",
  "nul",
  "COM1.txt",
  "a:b",
  "a.yaml",
  "a.failed",
  `${"x".repeat(300)}`,
  "\ud800",
];
