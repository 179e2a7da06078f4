/** `feature-columns inspect`: what is in a spec, vocabulary, checkpoint or table. */
import { stat } from 'node:fs/promises';
import { FeatureColumnError } from 'feature-columns';
import { helpOf, optionsOf, UsageError } from './usage.js';

/** Facts by name, for programs as JSON; for people as `lines`, or else as a line for each fact. */
export interface Report {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly lines?: readonly string[];
}

async function reportOf(name: string): Promise<Report> {
  const found = await stat(name).catch(() => undefined);
  const hasIndex = await stat(`${name}.index`).then((index) => index.isFile(), () => false);
  const { isTableName, inspectTensors } = await import('./inspect_tensors.js');
  if (found?.isFile()) {
    if (isTableName(name)) return inspectTensors(name);
    if (name.endsWith('.index')) return inspectTensors(name.slice(0, -'.index'.length));
    if (name.endsWith('.json')) return (await import('./inspect_spec.js')).inspectSpec(name);
    if (!hasIndex) return (await import('./inspect_vocabulary.js')).inspectVocabulary(name);
  }
  if (found?.isDirectory() || hasIndex) return inspectTensors(name);
  throw new FeatureColumnError('not_found', `there is no file "${name}", and no checkpoint with this prefix`, { value: name });
}

const textOf = (value: unknown): string => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value));

export async function inspect(args: readonly string[]): Promise<void> {
  const { values, positionals } = optionsOf('inspect', args);
  if (values.help) return void process.stdout.write(helpOf('inspect'));
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError('inspect takes one file');
  const { facts, lines } = await reportOf(name);
  if (values.json) return void process.stdout.write(`${JSON.stringify(facts)}\n`);
  const told = lines ?? Object.entries(facts).map(([key, value]) => `${key}: ${textOf(value)}`);
  process.stdout.write(told.map((line) => `${line}\n`).join(''));
}
