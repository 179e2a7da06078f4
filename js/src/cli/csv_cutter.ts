/** Where rows of CSV end (RFC 4180): a line end inside quotes is part of its cell. */
import { FeatureColumnError } from 'feature-columns';
import type { RowCutter } from './source.js';

export const QUOTE = 34;
export const LF = 10;
export const CR = 13;

/** What stands before a position: nothing of its cell, some of an unquoted or quoted one, or a quote inside a quoted one. */
const enum State { CellStart, Plain, Quoted, AfterQuote }

export class CsvCutter implements RowCutter {
  // How far the row has been looked at, so that a long one is not looked at again with each chunk.
  private looked = 0;
  private state = State.CellStart;
  private linesOfRow = 0;
  /** The line on which the row starts, from 1. */
  private line = 1;
  // Most rows have no quotes: where the next one stands in the bytes at hand is kept, Infinity for nowhere.
  private known: Uint8Array | undefined;
  private nextQuote = 0;

  constructor(private readonly delimiter: number) {}

  end(bytes: Uint8Array, from: number): number {
    if (this.looked === 0) {
      const newline = bytes.indexOf(LF, from);
      if (newline >= 0 && newline < this.quoteFrom(bytes, from)) return this.found(newline + 1, 1);
    }
    const { delimiter } = this;
    let { state } = this;
    for (let i = from + this.looked; i < bytes.length; ++i) {
      const byte = bytes[i] as number;
      if (byte === LF) {
        if (state !== State.Quoted) return this.found(i + 1, this.linesOfRow + 1);
        ++this.linesOfRow;
      } else if (state === State.Quoted) {
        if (byte === QUOTE) state = State.AfterQuote;
      } else if (byte === QUOTE && state !== State.Plain) {
        state = State.Quoted;
      } else {
        state = byte === delimiter ? State.CellStart : State.Plain;
      }
    }
    this.looked = bytes.length - from;
    this.state = state;
    return -1;
  }

  lastEnd(bytes: Uint8Array, _from: number, row: number): number {
    if (this.state !== State.Quoted) return this.found(bytes.length, 0);
    throw new FeatureColumnError('invalid_row', `the input ends within a quoted cell of the row that starts in line ${this.line}: it is cut off, or a quote is not closed`, { row });
  }

  isRow(bytes: Uint8Array, from: number, to: number): boolean {
    const first = bytes[from] === CR ? from + 1 : from;
    return !(first === to || (bytes[first] === LF && first + 1 === to));
  }

  private found(end: number, lines: number): number {
    this.looked = this.linesOfRow = 0;
    this.state = State.CellStart;
    this.line += lines;
    return end;
  }

  private quoteFrom(bytes: Uint8Array, from: number): number {
    if (this.known !== bytes || this.nextQuote < from) {
      const quote = bytes.indexOf(QUOTE, from);
      this.nextQuote = quote < 0 ? Infinity : quote;
      this.known = bytes;
    }
    return this.nextQuote;
  }
}
