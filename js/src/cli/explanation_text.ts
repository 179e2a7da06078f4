/** An explanation as text: a line a step, indented by what stands on what. */
import type { BagExplanation, ColumnExplanation, Explanation, RawValue, SliceExplanation, ValueExplanation } from 'feature-columns';
import { floatText } from './float_text.js';

const shown = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));
const vector = (values: readonly number[]): string => {
  const most = 8;
  const text = values.slice(0, most).map(floatText).join(', ');
  return values.length > most ? `[${text}, … ${values.length} floats]` : `[${text}]`;
};

function valueLine({ value, step, dropped, found, bytes, hash, modulus, offset, id }: ValueExplanation): string {
  const where = step === undefined ? '' : `step ${step}: `;
  if (dropped !== undefined) return `${where}${shown(value)} is left out: ${dropped}`;
  const reason = found === undefined ? '' : ` ${found};`;
  const hashed = hash === undefined ? '' : ` bytes ${bytes}, fingerprint64 ${hash} mod ${modulus}${offset === undefined ? '' : ` + ${offset}`};`;
  return `${where}${shown(value)}:${reason}${hashed} id ${id}`;
}

function* bagLines({ entries, finish, by }: BagExplanation): Generator<string> {
  for (const { id, weight, dropped, vector: row, norm, clipped } of entries) {
    const weighted = weight === undefined ? '' : ` × ${floatText(weight)}`;
    if (dropped !== undefined) yield `id ${id}${weighted} is left out: ${dropped}`;
    else if (row === undefined) yield `id ${id}${weighted}: the table has no such row`;
    else yield `id ${id}${weighted}: ${vector(row)}${norm === undefined || clipped === undefined ? '' : `, norm ${floatText(norm)}, clipped ${vector(clipped)}`}`;
  }
  if (finish === 'zero') yield 'nothing is left: zeros';
  else if (finish !== 'keep') yield `the sum ${finish === 'divide' ? 'divided' : 'multiplied'} by ${floatText(by as number)}`;
}

const isColumn = (part: object): part is ColumnExplanation => 'type' in part;

function* columnLines(column: ColumnExplanation): Generator<string> {
  yield `${column.type} "${column.name}"${column.table === undefined ? '' : `: ${column.combiner} over table "${column.table}"`}`;
  for (const inner of [column.categoricalColumn, column.sourceColumn]) if (inner) yield* indented(columnLines(inner));
  for (const part of column.keys ?? []) {
    if (isColumn(part)) yield* indented(columnLines(part));
    else yield `  key "${part.key}": ${part.values.map(shown).join(', ')}`;
  }
  for (const { parts, hash, id } of column.crosses ?? []) yield `  (${parts.join(', ')}): hash ${hash} mod ${column.modulus}; id ${id}`;
  for (const value of column.values ?? []) yield `  ${typeof value === 'object' && value !== null ? valueLine(value) : shown(value as RawValue)}`;
  if (column.normalizerFn) yield `  normalizerFn ${column.normalizerFn.map((step) => step.join(' ')).join(', ')}`;
  if (column.boundaries) yield `  boundaries ${vector(column.boundaries)}: bucket ${(column.buckets ?? []).join(', ')}`;
  if (column.weightFeatureKey !== undefined) yield `  weights "${column.weightFeatureKey}": ${(column.ids ?? []).map((id, i) => `id ${id} × ${floatText(column.weights?.[i] as number)}`).join(', ')}`;
  if (column.steps) yield `  steps ${column.steps.map((ids) => `(${ids.join(', ')})`).join(' ')}`;
  for (const { id, weight, dropped } of column.counted ?? []) yield `  id ${id}${dropped === undefined ? `: + ${floatText(weight ?? 1)}` : ` is left out: ${dropped}`}`;
  for (const [step, bag] of (column.bags ?? []).entries()) {
    if ((column.bags?.length ?? 0) > 1) yield `  step ${step}`;
    yield* indented(bagLines(bag));
  }
}

function* indented(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `  ${line}`;
}

function* sliceLines({ name, offset, width, values, column, bag, inputs, weights }: SliceExplanation): Generator<string> {
  yield `${name}${offset === undefined ? '' : ` [${offset}, ${offset + (width ?? 0)})`}`;
  yield* indented(columnLines(column));
  if (bag) yield* indented(bagLines(bag));
  for (const [i, input] of (inputs ?? []).entries()) yield `  ${floatText(input)} × ${vector(weights?.[i] ?? [])}`;
  yield `  = ${vector(values)}`;
}

export function* explanationLines({ columns = [], bias, values, dnn, linear }: Explanation): Generator<string> {
  for (const slice of columns) yield* sliceLines(slice);
  if (bias) yield `bias ${vector(bias)}`;
  if (values) yield `sum ${vector(values)}`;
  for (const [name, part] of Object.entries({ dnn, linear })) {
    if (!part) continue;
    yield name;
    yield* indented(explanationLines(part));
  }
}
