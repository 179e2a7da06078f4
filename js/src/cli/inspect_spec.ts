/** What is in a spec: its columns and their places in the output, the features it reads, the files it needs and what they hold. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { createRuntime, FeatureColumnError, parseSpec } from 'feature-columns';
import type { Report } from './inspect.js';
import { csvFeatures } from './spec_features.js';

const FILE_FIELDS: readonly string[] = ['vocabulary_file', 'ckpt_to_load_from', 'checkpoint', 'url'];

/** Every file that a spec names, once. */
function filesOf(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, field] of Object.entries(value)) {
    if (FILE_FIELDS.includes(key) && typeof field === 'string') found.add(field);
    else filesOf(field, found);
  }
  return found;
}

async function describedFile(name: string, folder: string): Promise<{ readonly name: string; readonly bytes?: number }> {
  if (/^[a-z][a-z0-9+.-]+:/i.test(name)) return { name };
  const size = async (file: string) => stat(path.resolve(folder, file)).then((stats) => (stats.isFile() ? stats.size : undefined), () => undefined);
  const bytes = (await size(name)) ?? (await size(`${name}.index`));
  return { name, ...(bytes === undefined ? {} : { bytes }) };
}

export async function inspectSpec(name: string): Promise<Report> {
  const spec = parseSpec(await readFile(name, 'utf8')) as { readonly layer?: string };
  const runtime = await createRuntime();
  try {
    const layer = await runtime.load(name);
    const { vocabularies, tables } = runtime.stats();
    const files = await Promise.all([...filesOf(spec)].map((file) => describedFile(file, path.dirname(name))));
    const features = await csvFeatures(name).then(
      (found) => Object.fromEntries([...found].map(([key, { kind, many }]) => [key, { type: kind, many }])),
      (error: unknown) => {
        // Columns that parse one feature in different ways still make a layer.
        if (error instanceof FeatureColumnError) return undefined;
        throw error;
      },
    );
    const columns = 'columns' in layer ? { columns: layer.columns, width: layer.width } : {};
    return { facts: { kind: 'spec', layer: spec.layer ?? 'dense_features', ...columns, ...(features && { features }), files, vocabularies, tables } };
  } finally {
    runtime.dispose();
  }
}
