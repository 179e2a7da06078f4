/** Rows of CSV (RFC 4180) as the rows of JSON that they mean: everything behind this reads NDJSON. */
import { FeatureColumnError } from 'feature-columns';
import { CR, CsvCutter, LF, QUOTE } from './csv_cutter.js';
import type { CsvFeature } from './spec_features.js';
import { JsonBytes } from './json_bytes.js';
import type { RowBatch } from './source.js';

export interface CsvFormat {
  /** Between cells, a byte. */
  readonly delimiter: number;
  /** Between the values of one cell, a byte; without it a cell is one value. */
  readonly listSeparator: number | undefined;
}

/** What is wrong with a cell or a row, without where. */
class Malformed extends Error {
  constructor(message: string, readonly value?: string, readonly column?: string) {
    super(message);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const NULL = encoder.encode('null');
const EMPTY = encoder.encode('[]');
const SPACE = 32;
const COMMA = 44;

const INTEGER = /^[+-]?\d+$/;
const FLOAT = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(e[+-]?\d+)?$/i;
const NOT_FINITE = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i;

/** Digits of an int64, as JSON has them. */
function integerText(text: string): string {
  if (!INTEGER.test(text)) throw new Malformed('is no integer', text);
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (BigInt.asIntN(64, value) !== value) throw new Malformed('does not fit in int64, the widest integer that TensorFlow\'s columns take', text);
  return String(value);
}

/** A decimal number with its own digits, as JSON has them; NaN and Infinity as the core reads them. */
function floatText(text: string): string {
  const found = FLOAT.exec(text);
  if (found) {
    const [, sign, whole = '0', behind, alone, exponent = ''] = found;
    const fraction = behind ?? alone;
    // "-0" alone would read as the integer 0.
    const rest = fraction ? `.${fraction}` : sign === '-' && exponent === '' ? '.0' : '';
    return `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '')}${rest}${exponent}`;
  }
  const special = NOT_FINITE.exec(text);
  if (!special) throw new Malformed('is no number', text);
  return special[2] ? 'NaN' : `${special[1] === '-' ? '-' : ''}Infinity`;
}

/** A column of the file: its name, and what its cells are. */
interface Cells {
  readonly name: string;
  /** `"name":` as bytes. */
  readonly member: Uint8Array;
  readonly feature: CsvFeature;
}

const OTHER: CsvFeature = { kind: 'string', many: false };

export class CsvRows {
  // A cell whose quotes are doubled is copied here without the doubles.
  private unquoted = new Uint8Array(256);
  // The cell that was read last, and where it stands.
  private cell: Uint8Array = this.unquoted;
  private from = 0;
  private to = 0;

  private constructor(private readonly columns: readonly (Cells | undefined)[], private readonly format: CsvFormat) {}

  /**
   * Reads the header row, which ends with `bytes`.
   *
   * @param keepOthers columns that are no features become strings of the row; else they are left out
   */
  static ofHeader(bytes: Uint8Array, features: ReadonlyMap<string, CsvFeature>, format: CsvFormat, keepOthers: boolean): CsvRows {
    const names: string[] = [];
    const reader = new CsvRows([], format);
    try {
      for (let at = 0; at >= 0; ) {
        at = reader.readCell(bytes, at);
        names.push(reader.text());
      }
    } catch (error) {
      if (error instanceof Malformed) throw new FeatureColumnError('invalid_row', `the header row, cell ${names.length + 1}: it ${error.message}`);
      throw error;
    }
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new FeatureColumnError('invalid_row', `the header row names "${twice}" twice`, { column: twice });
    if (features.size > 0 && !names.some((name) => features.has(name))) {
      const wanted = [...features.keys()].slice(0, 5).join(', ');
      throw new FeatureColumnError('invalid_row', `the header row names none of the features (${wanted}): "${names.join('", "').slice(0, 200)}". Is it missing, or is --csv-delimiter another?`);
    }
    const columns = names.map((name) => {
      const feature = features.get(name) ?? (keepOthers ? OTHER : undefined);
      return feature && { name, feature, member: encoder.encode(`${JSON.stringify(name)}:`) };
    });
    return new CsvRows(columns, format);
  }

  /** Rows of CSV from `at` on, of which the first stands in `line`; and the line behind them. */
  convert(bytes: Uint8Array, at: number, line: number, first: number): RowBatch & { readonly nextLine: number } {
    const json = new JsonBytes(bytes.length * 2 + 256);
    const cutter = new CsvCutter(this.format.delimiter);
    const lines: number[] = [];
    const problems = new Map<number, FeatureColumnError>();
    while (at < bytes.length) {
      const found = cutter.end(bytes, at);
      const end = found < 0 ? bytes.length : found;
      if (cutter.isRow(bytes, at, end)) {
        const start = json.end;
        try {
          this.convertRow(bytes.subarray(at, end), json);
        } catch (error) {
          if (!(error instanceof Malformed)) throw error;
          const row = first + lines.length;
          problems.set(lines.length, new FeatureColumnError('invalid_row', `line ${line}${error.message}`, { row, column: error.column, value: error.value }));
          json.rewind(start);
          json.byte(123);
        }
        json.byte(125);
        json.byte(LF);
        lines.push(line);
      }
      for (let i = bytes.indexOf(LF, at); i >= 0 && i < end; i = bytes.indexOf(LF, i + 1)) ++line;
      at = end;
    }
    return { bytes: json.written(), rows: lines.length, first, lines, inputBytes: bytes.length, nextLine: line, ...(problems.size > 0 ? { problems } : {}) };
  }

  /** Writes a row up to its closing brace. */
  private convertRow(row: Uint8Array, json: JsonBytes): void {
    const { columns } = this;
    json.byte(123);
    let index = 0;
    let first = true;
    for (let at = 0; at >= 0; ++index) {
      const column = columns[index];
      try {
        at = this.readCell(row, at);
        if (column === undefined) continue;
        if (!first) json.byte(COMMA);
        first = false;
        json.append(column.member);
        this.writeCell(column.feature, json);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        const where = column === undefined ? `, cell ${index + 1}` : `, column "${column.name}"`;
        throw new Malformed(`${where}: ${error.value === undefined ? 'it' : JSON.stringify(error.value)} ${error.message}`, error.value, column?.name);
      }
    }
    if (index !== columns.length) throw new Malformed(`: the row has ${index} cell${index === 1 ? '' : 's'}, but the header row has ${columns.length}`);
  }

  /**
   * An empty cell is a missing value. What may have several values is an array even of one: as a plain value, it would be
   * of another rank in a batch where all others are missing, and a row must not depend on its neighbours.
   */
  private writeCell({ kind, many }: CsvFeature, json: JsonBytes): void {
    const { cell, from, to } = this;
    const { listSeparator } = this.format;
    if (from === to) return json.append(many ? EMPTY : NULL);
    if (!many) return this.writeValue(kind, from, to, json);
    json.byte(91);
    for (let start = from; start <= to; ) {
      const found = listSeparator === undefined ? -1 : cell.indexOf(listSeparator, start);
      const end = found < 0 || found > to ? to : found;
      if (start > from) json.byte(COMMA);
      if (start === end) json.append(NULL);
      else this.writeValue(kind, start, end, json);
      start = end + 1;
    }
    json.byte(93);
  }

  private writeValue(kind: CsvFeature['kind'], from: number, to: number, json: JsonBytes): void {
    const { cell } = this;
    if (kind === 'string') return json.string(cell, from, to);
    // Most numbers are a few digits, which need no second look.
    if (to - from < 16 && isPlainInteger(cell, from, to)) return json.append(cell, from, to);
    while (from < to && cell[from] === SPACE) ++from;
    while (to > from && cell[to - 1] === SPACE) --to;
    const text = decode(cell.subarray(from, to));
    json.append(encoder.encode(kind === 'integer' ? integerText(text) : floatText(text)));
  }

  /** The cell that was read last, as text. */
  private text(): string {
    return decode(this.cell.subarray(this.from, this.to));
  }

  /** Reads the cell at `at`; the position of the next one, -1 behind the last. */
  private readCell(row: Uint8Array, at: number): number {
    const { delimiter } = this.format;
    if (row[at] === QUOTE) return this.readQuoted(row, at + 1);
    this.cell = row;
    this.from = at;
    for (let i = at; i < row.length; ++i) {
      const byte = row[i];
      if (byte === delimiter) {
        this.to = i;
        return i + 1;
      }
      if (byte === QUOTE) throw new Malformed('has a quote inside; a cell with quotes stands in quotes, and each of its quotes is written twice');
    }
    this.to = endOfLine(row);
    if (this.to < at) this.to = at;
    return -1;
  }

  private readQuoted(row: Uint8Array, start: number): number {
    let end = row.indexOf(QUOTE, start);
    if (end < 0) throw new Malformed('is not closed by a quote');
    this.cell = row;
    this.from = start;
    if (row[end + 1] === QUOTE) end = this.unquote(row, start);
    else this.to = end;
    const next = row[end + 1];
    if (next === this.format.delimiter) return end + 2;
    if (end + 1 === endOfLine(row)) return -1;
    throw new Malformed('goes on behind its closing quote; each quote inside a quoted cell is written twice');
  }

  /** Copies a cell without the doubles of its quotes; the position of its closing quote. */
  private unquote(row: Uint8Array, start: number): number {
    if (this.unquoted.length < row.length) this.unquoted = new Uint8Array(row.length * 2);
    const { unquoted } = this;
    let size = 0;
    for (let i = start; i < row.length; ++i) {
      const byte = row[i] as number;
      if (byte === QUOTE && row[++i] !== QUOTE) {
        this.cell = unquoted;
        this.from = 0;
        this.to = size;
        return i - 1;
      }
      unquoted[size++] = byte;
    }
    throw new Malformed('is not closed by a quote');
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Malformed('is not UTF-8');
  }
}

/** Where a row's line end begins. A CR that ends the input is one that lost its LF. */
function endOfLine(row: Uint8Array): number {
  const end = row.length - (row[row.length - 1] === LF ? 1 : 0);
  return end - (row[end - 1] === CR ? 1 : 0);
}

/** Digits without a leading zero, after a minus or none: the same in CSV and JSON. */
function isPlainInteger(bytes: Uint8Array, from: number, to: number): boolean {
  let i = bytes[from] === 45 ? from + 1 : from;
  if (i === to || bytes[i] === 48) return i === from && to - from === 1;
  for (; i < to; ++i) if ((bytes[i] as number) < 48 || (bytes[i] as number) > 57) return false;
  return true;
}
