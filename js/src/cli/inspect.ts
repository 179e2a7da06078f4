/** `feature-columns inspect`: what is in a spec, vocabulary, checkpoint or table. */
import { readFile, stat } from 'node:fs/promises';
import { FeatureColumnError } from 'feature-columns';
import { helpOf, optionsOf, UsageError } from './usage.js';

/** Facts by name, for people as lines and for programs as JSON. */
type Facts = Readonly<Record<string, unknown>>;

async function inspectSpec(name: string, text: string): Promise<Facts> {
  const { createRuntime } = await import('feature-columns');
  const runtime = await createRuntime();
  try {
    const layer = await runtime.load(name);
    const { vocabularies, tables } = runtime.stats();
    const spec = JSON.parse(text) as { layer?: string };
    return {
      kind: 'spec',
      layer: spec.layer ?? 'dense_features',
      ...('columns' in layer ? { columns: layer.columns, width: layer.width } : {}),
      vocabularies,
      tables,
    };
  } finally {
    runtime.dispose();
  }
}

function inspectVocabulary(bytes: Uint8Array): Facts {
  let lines = 0;
  let returns = 0;
  for (let i = 0; i < bytes.length; ++i) {
    if (bytes[i] !== 10) continue;
    ++lines;
    if (bytes[i - 1] === 13) ++returns;
  }
  if (bytes.length > 0 && bytes[bytes.length - 1] !== 10) ++lines;
  const first = new TextDecoder().decode(bytes.subarray(0, 4096)).split('\n').slice(0, 3).map((line) => line.replace(/\r$/, ''));
  return { kind: 'vocabulary', lines, bytes: bytes.length, lineEnds: returns === 0 ? 'LF' : returns === lines ? 'CRLF' : 'mixed', first };
}

const BYTES: Readonly<Record<string, number>> = {
  float: 4, double: 8, half: 2, bfloat16: 2, int8: 1, uint8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8, uint64: 8, bool: 1,
  F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1,
};

/** A checkpoint or a file of tables: every tensor with its dtype, shape and size (of strings only the file knows it). */
async function inspectTensors(name: string): Promise<Facts> {
  const { createRuntime } = await import('feature-columns');
  const runtime = await createRuntime();
  try {
    const { kind, tensors } = await runtime.tensors(name);
    const described = Object.entries(tensors).map(([tensor, { dtype, shape }]) => {
      const size = BYTES[dtype];
      return { ...(tensor === '' ? {} : { name: tensor }), dtype, shape, ...(size === undefined ? {} : { bytes: shape.reduce((product, each) => product * each, size) }) };
    });
    return { kind, count: described.length, tensors: described };
  } finally {
    runtime.dispose();
  }
}

async function factsOf(name: string): Promise<Facts> {
  const exists = async (file: string) => stat(file).then((found) => found.isFile(), () => false);
  const isDirectory = await stat(name).then((found) => found.isDirectory(), () => false);
  if (/\.(npy|safetensors)$/i.test(name) ? await exists(name) : isDirectory || (await exists(`${name}.index`))) return inspectTensors(name);
  if (name.endsWith('.index') && (await exists(name))) return inspectTensors(name.slice(0, -'.index'.length));
  if (!(await exists(name))) throw new FeatureColumnError('not_found', `there is no file "${name}"`);
  if (name.endsWith('.json')) return inspectSpec(name, await readFile(name, 'utf8'));
  return inspectVocabulary(await readFile(name));
}

export async function inspect(args: readonly string[]): Promise<void> {
  const { values, positionals } = optionsOf('inspect', args);
  if (values.help) return void process.stdout.write(helpOf('inspect'));
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError('inspect takes one file');
  const facts = await factsOf(name);
  if (values.json) return void process.stdout.write(`${JSON.stringify(facts)}\n`);
  const { tensors, ...others } = facts as { tensors?: unknown };
  if (Array.isArray(tensors)) {
    for (const { name: tensor = '', dtype, shape, bytes } of tensors as { name?: string; dtype: string; shape: readonly number[]; bytes?: number }[]) {
      process.stdout.write(`${tensor === '' ? 'array' : tensor}: ${dtype} [${shape.join(', ')}]${bytes === undefined ? '' : ` ${bytes} bytes`}\n`);
    }
  }
  for (const [key, value] of Object.entries(Array.isArray(tensors) ? others : facts)) process.stdout.write(`${key}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}\n`);
}
