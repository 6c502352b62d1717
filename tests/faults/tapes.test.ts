import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CassetteError } from "../../src/cassette/errors.ts";
import { withCassette } from "../../src/core.ts";
import { startProviderServer } from "../support/provider-server/index.ts";
import { createProject, messagesOf, type Project } from "../support/run-vitest.ts";
import { HARMLESS_TAPES, HOSTILE_NAMES, HOSTILE_TAPES, makeFile } from "./hostile-tapes.ts";

const URL = "https://api.openai.com/v1/models";
const OUTSIDE = "cassette: 1\ninteractions: []\n# outside\n";

const TESTS = `
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { harmless, hostile, names } from "./names.ts";

const before = prototypes();
function prototypes(): unknown {
  return [Object, Array, Function, String, Map].map(({ prototype }) => Object.getOwnPropertyNames(prototype));
}

test("a sound tape first", async () => {
  useCassette("sound");
  expect(await (await fetch("${URL}")).text()).toBe("sound");
});
describe("in the test", () => {
  for (const name of hostile) {
    test(name, async () => {
      useCassette(\`hostile/\${name}\`);
      console.log("the body went on");
      await fetch("${URL}");
    });
  }
});
describe("around the test", () => {
  for (const name of hostile.slice(0, 3)) {
    describe(name, () => {
      useCassette(\`hostile/\${name}\`);
      test("is opened before", () => console.log("the body went on"));
    });
  }
});
describe("names", () => {
  for (const [index, name] of names.entries()) {
    test(String(index), () => {
      useCassette(name);
      console.log("the body went on");
    });
  }
});
for (const name of harmless) {
  test(name, async () => {
    const cassette = useCassette(\`hostile/\${name}\`);
    const response = await fetch("${URL}");
    const body = await response.json();
    expect({}).not.toHaveProperty("polluted");
    expect(body).not.toHaveProperty("polluted");
    expect(cassette.stream().text).toBe("");
  });
}
test("a sound tape last", async () => {
  useCassette("sound");
  expect(await (await fetch("${URL}")).text()).toBe("sound");
});
test("nothing was left behind in this process", () => {
  expect(prototypes()).toEqual(before);
  expect({}).not.toHaveProperty("polluted");
  // What the worker took at its highest, in megabytes: some of these tapes would take gigabytes.
  expect(process.resourceUsage().maxRSS / 1024).toBeLessThan(1200);
});
`;

const SOUND = `cassette: 1\ninteractions:\n  - request: { method: GET, url: "${URL}" }\n    response: { body: sound }\n`;

function hostileProject(wanted?: (name: string) => boolean): Project {
  const names = {
    hostile: Object.keys(HOSTILE_TAPES),
    harmless: Object.keys(HARMLESS_TAPES),
    names: HOSTILE_NAMES,
  };
  const project = createProject({
    files: {
      "names.ts": Object.entries(names)
        .map(([name, value]) => `export const ${name}: string[] = ${JSON.stringify(value)};\n`)
        .join(""),
      "hostile.test.ts": TESTS,
      "other.test.ts": TESTS.slice(0, TESTS.indexOf('describe("in the test"')),
      "cassettes/sound.yaml": SOUND,
      "outside.yaml": OUTSIDE,
    },
    test: 'execArgv: ["--max-old-space-size=768"], fileParallelism: false,',
  });
  makeTapes(join(project.root, "cassettes"), wanted);
  return project;
}

function makeTapes(folder: string, wanted: (name: string) => boolean = () => true): void {
  for (const [name, make] of Object.entries({ ...HOSTILE_TAPES, ...HARMLESS_TAPES })) {
    if (wanted(name)) makeFile(join(folder, "hostile", `${name}.yaml`), make);
  }
}

test("no hostile tape gets past its opening, takes other tests along, or changes the process", async () => {
  using project = hostileProject();
  const before = treeOf(project.root);
  const { failures, output, tests } = await project.run();
  const failed = Object.keys(tests).filter((name) => tests[name] === "failed");
  expect(failed).toEqual([
    ...Object.keys(HOSTILE_TAPES).map((name) => `in the test ${name}`),
    ...Object.keys(HOSTILE_TAPES)
      .slice(0, 3)
      .map((name) => `around the test ${name} is opened before`),
    ...HOSTILE_NAMES.map((_, index) => `names ${index}`),
  ]);
  expect(output).not.toMatch(/^the body went on$/m);
  expect(Object.fromEntries(shownIn(project, Object.entries(messagesOf(failures))))).toMatchSnapshot();
  // Nothing was written, inside of the folder or elsewhere.
  expect(treeOf(project.root)).toEqual(before);
});

test("recording over something that is not a file of the folder writes nowhere else, and fails the test before its body", async () => {
  const isPlace = (name: string): boolean => /folder|pipe|link/.test(name);
  using project = hostileProject(isPlace);
  await using server = await startProviderServer();
  const places = Object.keys(HOSTILE_TAPES).filter(isPlace);
  project.write(
    "names.ts",
    `export const places = ${JSON.stringify(places)}, names = ${JSON.stringify(HOSTILE_NAMES)};\n`,
  );
  project.write("hostile.test.ts", RECORDING.replaceAll("<server>", server.url));
  rmSync(join(project.root, "other.test.ts"));
  const before = treeOf(project.root);
  const { failures, output, tests } = await project.run({ env: { RECORD: "1" } });
  expect(output).not.toMatch(/^the body went on$/m);
  expect(Object.values(tests)).toEqual(Array(places.length + HOSTILE_NAMES.length).fill("failed"));
  const told = Object.entries(messagesOf(failures)).filter(([name]) => places.includes(name));
  expect(Object.fromEntries(shownIn(project, told))).toMatchSnapshot();
  expect(treeOf(project.root)).toEqual(before);
  expect(existsSync(join(project.root, "not-there.yaml"))).toBe(false);
});

const RECORDING = `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { names, places } from "./names.ts";

for (const name of places) {
  test(name, async () => {
    useCassette(\`hostile/\${name}\`);
    console.log("the body went on");
  });
}
for (const [index, name] of names.entries()) {
  test(String(index), async () => {
    useCassette(name);
    await fetch("<server>/v1/models");
  });
}
`;

function shownIn(
  { root }: Project,
  failures: readonly (readonly [string, readonly string[]])[],
): [string, string][] {
  return failures.map(([name, texts]) => [
    name,
    texts.map((text) => text.replaceAll(root, "<root>")).join("\n"),
  ]);
}

/** All files but Vitest's own, with what is in them where they are small. */
function treeOf(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => !/^(?:report\.json|node_modules)/.test(name))
    .sort()
    .map((name) => {
      const stats = lstatSync(join(root, name));
      const content = stats.isFile() && stats.size < 10_000 ? readFileSync(join(root, name), "latin1") : "";
      return `${name} ${stats.mode} ${stats.size} ${content}`;
    });
}

test("without a test runner the same files are refused, before the body runs", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "hostile-")));
  try {
    const dir = join(root, "cassettes");
    makeTapes(dir, (name) => !name.startsWith("millions"));
    writeFileSync(join(root, "outside.yaml"), OUTSIDE);
    symlinkSync(root, join(dir, "way out"));
    const codes: Record<string, string> = {};
    const tapes = readdirSync(join(dir, "hostile")).map((file) => file.replace(/\.yaml$/, ""));
    const hostile = Object.keys(HOSTILE_TAPES).filter((name) => tapes.includes(name));
    let bodies = 0;
    for (const name of [...hostile.map((each) => `hostile/${each}`), "way out/outside", ...HOSTILE_NAMES]) {
      const error = await withCassette(name, { dir }, () => {
        bodies += 1;
      }).catch((reason: unknown) => reason);
      expect(error, name).toBeInstanceOf(CassetteError);
      codes[JSON.stringify(name.slice(0, 60))] = (error as CassetteError).code;
    }
    expect(bodies).toBe(0);
    expect(codes).toMatchSnapshot();
    expect({}).not.toHaveProperty("polluted");
    for (const name of Object.keys(HARMLESS_TAPES)) {
      await withCassette(`hostile/${name}`, { dir }, async () => {
        expect(await (await fetch(URL)).text()).not.toBe("");
      });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
