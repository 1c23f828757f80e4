// The rules of docs/ARCHITECTURE.md, held against every file of src/ and generator/, and each rule held against a
// small file that breaks it: a rule that cannot fail protects nothing.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { describe, test } from 'node:test';
import { findCycle, importsOf } from './tidy/imports.ts';
import { maskSource } from './tidy/mask.ts';
import type { MaskedSource } from './tidy/mask.ts';
import * as rules from './tidy/rules.ts';

const ROOT = resolve(import.meta.dirname, '..');
const src = readSources('src');
const generator = readSources('generator');
const page = readSources('page');
const all = [...src, ...generator, ...page];

interface Example {
  readonly title: string;
  readonly rule: rules.Rule;
  readonly sources: readonly MaskedSource[];
  /** A file that breaks the rule, and what the rule says of it. */
  readonly bad: readonly (readonly [path: string, text: string, breach: string])[];
}

const longBody = '  work();\n'.repeat(69);

const EXAMPLES: readonly Example[] = [
  {
    title: 'contracts import contracts only, types aside',
    rule: rules.contractsImportContractsOnly,
    sources: src,
    bad: [
      [
        'src/source/source.ts',
        "import { A } from '../telemetry.ts';",
        'src/source/source.ts is a contract and imports src/telemetry.ts',
      ],
    ],
  },
  {
    title: 'pure files import no I/O and ask nothing of the process',
    rule: rules.pureFilesTouchNothing,
    sources: src,
    bad: [
      ['src/x.ts', "import fs from 'node:fs';", 'src/x.ts is pure and imports node:fs'],
      [
        'src/x.ts',
        "import { open } from 'node:fs/promises';",
        'src/x.ts is pure and imports node:fs/promises',
      ],
      ['src/x.ts', "import 'node:net';", 'src/x.ts is pure and imports node:net'],
      ['src/x.ts', "const a = await import('./clock.ts');", 'src/x.ts is pure and imports src/clock.ts'],
      ['src/x.ts', 'const a = `${process.pid}`;', 'src/x.ts:1 is pure and asks the process: process.'],
    ],
  },
  {
    title: 'the clock alone knows the time and wakes others',
    rule: rules.clockAloneKnowsTheTime,
    sources: src,
    bad: [
      ['src/app.ts', '\nconst a = Date.now();', 'src/app.ts:2 knows the time by itself: Date.now'],
      ['src/app.ts', 'setTimeout(a, 1);', 'src/app.ts:1 knows the time by itself: setTimeout'],
      ['src/app.ts', 'const a = new Date( );', 'src/app.ts:1 knows the time by itself: new Date( )'],
      ['src/app.ts', 'performance.now();', 'src/app.ts:1 knows the time by itself: performance.'],
      ['src/app.ts', 'AbortSignal.timeout(1)', 'src/app.ts:1 knows the time by itself: AbortSignal.timeout'],
    ],
  },
  {
    title: 'main alone owns the process',
    rule: rules.mainAloneOwnsTheProcess,
    sources: src,
    bad: [['src/app.ts', 'process.exit(1);', 'src/app.ts:1 acts on the process: process.exit']],
  },
  {
    title: 'what touches the world knows nothing of another room that does, types aside',
    rule: rules.worldsDoNotMix,
    sources: src,
    bad: [
      [
        'src/http/server.ts',
        "import { a } from '../source/follow.ts';",
        'src/http/server.ts imports src/source/follow.ts, which touches the world, from another room',
      ],
    ],
  },
  {
    title: 'only the app knows every part, and only main knows the app',
    rule: rules.appAloneKnowsEveryPart,
    sources: src,
    bad: [
      ['src/pipeline.ts', "import type { App } from './app.ts';", 'src/pipeline.ts imports src/app.ts'],
      ['src/app.ts', "import './main.ts';", 'src/app.ts imports src/main.ts'],
      [
        'src/pipeline.ts',
        ['alerts', 'http', 'parse', 'source', 'store'].map((room) => `import './${room}/a.ts';`).join('\n'),
        'src/pipeline.ts imports from 5 rooms',
      ],
    ],
  },
  {
    title: 'a package that brings a part of the world has one importer',
    rule: rules.packagesHaveOneImporter,
    sources: src,
    bad: [
      [
        'src/app.ts',
        "import type { Tail } from 'tail';",
        'src/app.ts imports tail, which is for src/source/inode-tail.ts alone',
      ],
    ],
  },
  {
    title: 'fluffy and the generator share nothing',
    rule: rules.generatorIsIndependent,
    sources: all,
    bad: [
      ['generator/a.ts', "import '../src/clock.ts';", 'generator/a.ts imports src/clock.ts'],
      ['src/a.ts', "import type { A } from '../generator/a.ts';", 'src/a.ts imports generator/a.ts'],
      ['src/a.ts', "export { A } from '../test/a.ts';", 'src/a.ts imports test/a.ts'],
    ],
  },
  {
    title: 'the page takes from fluffy what is pure, and gives nothing back',
    rule: rules.pageTakesWhatIsPure,
    sources: all,
    bad: [
      [
        'page/a.ts',
        "import { a } from '../src/app.ts';",
        'page/a.ts imports src/app.ts, which is not for a browser',
      ],
      ['src/a.ts', "import type { A } from '../page/a.ts';", 'src/a.ts imports page/a.ts'],
    ],
  },
  {
    title: 'names of files and folders say something, in kebab-case',
    rule: rules.namesSaySomething,
    sources: all,
    bad: [
      ['src/utils/a.ts', '', 'src/utils/a.ts: "utils" says nothing'],
      ['src/helper.ts', '', 'src/helper.ts: "helper" says nothing'],
      ['src/logReader.ts', '', 'src/logReader.ts: "logReader" is not kebab-case'],
    ],
  },
  {
    title: 'a file has at most 300 lines and opens with its job',
    rule: rules.filesAreShortAndOpenWithTheirJob,
    sources: all,
    bad: [
      ['src/a.ts', `// A.\n${'\n'.repeat(300)}`, 'src/a.ts has 301 lines'],
      ['src/a.ts', "import './b.ts';\n", 'src/a.ts does not open with a comment'],
    ],
  },
  {
    title: 'a function has at most 70 lines',
    rule: rules.functionsAreShort,
    sources: all,
    bad: [
      `function a(): void {\n${longBody}}`,
      `export function a(b: { c: string }): { d: string } {\n${longBody}}`,
      `const a = async (b) => {\n${longBody}};`,
      `class A<B> extends C {\n  a(): Promise<D[]> {\n${longBody}}\n}`,
      `class A {\n  get a() {\n${longBody}}\n}`,
      `test('a', () => {\n${longBody}});`,
    ].map(
      (text) =>
        [
          'src/a.ts',
          text,
          `src/a.ts:${text.startsWith('class') ? 2 : 1} has a function of 71 lines`,
        ] as const,
    ),
  },
  {
    title: 'no default export, nothing forced, silenced or put off',
    rule: rules.nothingIsForced,
    sources: all,
    bad: [
      ['src/a.ts', 'export default 1;', 'src/a.ts:1 has a default export: export default'],
      ['src/a.ts', 'const a = b as any;', 'src/a.ts:1 has an any: as any'],
      ['src/a.ts', 'const a = b as unknown as C;', 'src/a.ts:1 forces a type: as unknown as'],
      ['src/a.ts', '// @ts-ignore', 'src/a.ts silences a check or puts it off'],
      ['src/a.ts', '/* oxlint-disable */', 'src/a.ts silences a check or puts it off'],
      ['src/a.ts', '// TODO later', 'src/a.ts silences a check or puts it off'],
    ],
  },
];

for (const { title, rule, sources, bad } of EXAMPLES) {
  void test(title, () => {
    for (const [path, text, breach] of bad) assert.deepEqual(rule([maskSource(path, text)]), [breach]);
    assert.deepEqual(rule(sources), []);
  });
}

void test('the lists of the rules name files that exist', () => {
  assert.ok(rules.roomListsAreTrue([]).length > 0);
  assert.deepEqual(rules.roomListsAreTrue(src), []);
});

void test('no imports form a cycle, not even of types', () => {
  const ring = ["import type { B } from './b.ts';", "export { C } from './c.ts';", "await import('./a.ts');"];
  const files = ring.map((text, index) => maskSource(`src/${'abc'[index]}.ts`, text));
  assert.deepEqual(findCycle(files), ['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/a.ts']);
  assert.deepEqual(findCycle(all), null);
});

void describe('the reading of source', () => {
  void test('looks at code only: not at comments, strings, templates and regular expressions', () => {
    const text =
      "a('{'); // {\nb(/[/{]\\//g, `{${c ? `{${d}` : '}'}`); /* {\n*/ e = f / g / h; i(\"\\\"{\");";
    const code = maskSource('src/a.ts', text).code;
    assert.equal(code.length, text.length);
    assert.equal(
      code.replaceAll(/ +/g, ' '),
      "a(' '); \nb( g, ` ${c ? ` ${d}` : ' '}`); \n e = f / g / h; i(\" \");",
    );
  });

  void test('tells imports of types from others', () => {
    const text = [
      "import { a, type B } from './a.ts';",
      "import { type C, type D } from './b.ts';",
      "import type * as E from 'e';",
      "import type from './f.ts';",
      'const g = \'import h from "h"\';',
      "let i: typeof import('i');",
      "export type { J } from './j.ts';",
    ].join('\n');
    const found = importsOf(maskSource('src/x/y.ts', text)).map(
      ({ target, isType }) => `${target} ${isType}`,
    );
    const expected = [
      'src/x/a.ts false',
      'src/x/b.ts true',
      'e true',
      'src/x/f.ts true',
      'src/x/j.ts true',
      'i true',
    ];
    assert.deepEqual(found, expected);
  });

  void test('a table or a class may be long, as long as its functions are not', () => {
    const table = `const a = {\n${'  b: 1,\n'.repeat(90)}};`;
    const aClass = `export class A<B> implements C {\n${'  b(): void {}\n'.repeat(90)}}`;
    assert.deepEqual(rules.functionsAreShort([maskSource('src/a.ts', `${table}\n${aClass}`)]), []);
  });
});

function readSources(folder: string): MaskedSource[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return maskSource(relative(ROOT, path).replaceAll(sep, '/'), readFileSync(path, 'utf8'));
    });
}
