// What the types of batches and rows let through, and what they refuse.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { packageFolder, root } from './package.mjs';
import { scratch } from './scratch.mjs';

/** Each line by itself is an error where it begins with `no: `, and none otherwise. */
const LINES = `
  dense.transform(columns);
  dense.transformRows(sessions);
  dense.transformRows(aliased);
  dense.transformRows(held);
  dense.transform(batch);
  dense.transformRows(rows);
  dense.transform({ a: [[1, 2], [], null], b: ['x', null], c: { values: [1], rowSplits: [0, 1] }, d: { indices: [[0, 0]], values: ['a'], denseShape: [1, 1] }, e: vector, f: null, g: undefined, h: [1n] });
  dense.transformRows([{ a: 1 }, { b: 'x', c: { values: [1] } }, { d: null }, { e: [[1], [2]] }, {}]);
  dense.explain(session);
  dense.explain(bytes);
  dense.coverage(columns);
  dense.coverage(sessions);
  dense.coverage(either);
  dense.coverage([{ age: 1 }, { age: [1, 2] }]);
  linear.transform(columns);
  sequence.transformRows(sessions);
  classifier.predict(columns);
  classifier.predictRows(sessions);
  fetching.transform(columns, { out: new Float32Array(1) }).then(({ data }) => data);
  fetching.transformRows(sessions);
  fetching.explain(session);
  fetching.transformExamples([bytes]);
  remote.transform(columns, { transfer: true });
  remote.transformRows(sessions);
  remote.explain(session);
  remote.coverage(sessions);
  no: dense.transform({ age: [true] });
  no: dense.transform({ age: 5 });
  no: dense.transform({ age: 'x' });
  no: dense.transform(dated);
  no: dense.transformRows([dated]);
  no: dense.transform(dates);
  no: dense.transformRows([{ age: true }]);
  no: dense.transformRows([{ age: { value: [1] } }]);
  no: dense.transform(sessions);
  no: dense.transform([[1]]);
  no: dense.transform(new Float32Array(2));
  no: dense.transform(new Map());
  no: dense.transformRows(columns);
  no: dense.transformRows(new Set([{ age: 1 }]));
  no: dense.transform({ age: [1] }, { outt: 1 });
  no: dense.explain([1]);
  no: dense.coverage({ age: [true] });
  no: dense.coverage([{ age: true }]);
  no: fetching.transform({ age: [true] });
  no: fetching.transform(columns).data;
  no: classifier.predictRows([{ age: true }]);
  no: remote.transform({ age: [true] });
`.trim().split('\n').map((line) => line.trim());

const DECLARATIONS = `
  import type { ArrowVector, Batch, Classifier, DenseFeatures, Fetching, LinearModel, Row, SequenceFeatures } from 'feature-columns';
  import type { WorkerFeatures } from 'feature-columns/worker';
  interface Session { user: string; tags: string[]; age: number; seen?: number }
  interface Columns { user: string[]; tags: readonly string[][]; age: Float32Array; seen?: number[] | null }
  type Aliased = { user: string; tags: string[]; age: number };
  interface Dated { user: string; at: Date }
  class Held { #age = 5; get age() { return this.#age; } }
  declare const session: Session, sessions: Session[], columns: Columns, aliased: Aliased[], held: Held[], dated: Dated, dates: { at: Date[] };
  declare const batch: Batch, rows: readonly Row[], either: Batch | readonly Row[] | Uint8Array, vector: ArrowVector, bytes: Uint8Array;
  declare const dense: DenseFeatures, linear: LinearModel, sequence: SequenceFeatures, classifier: Classifier, fetching: Fetching<DenseFeatures>, remote: WorkerFeatures;
`;

test('types: batches and rows of declared types, and what is neither', () => {
  const at = scratch('types');
  const lines = LINES.map((line) => (line.startsWith('no: ') ? `// @ts-expect-error\n${line.slice(4)}` : line));
  mkdirSync(at('node_modules'));
  symlinkSync(packageFolder, at('node_modules/feature-columns'));
  at('types.mts', `${DECLARATIONS}${lines.join('\n')}\n`);
  at('tsconfig.json', JSON.stringify({
    compilerOptions: { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022', 'dom', 'esnext.disposable'], types: [], exactOptionalPropertyTypes: true },
    files: ['types.mts'],
  }));
  const done = spawnSync('node', [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', at('')], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stdout);
});
