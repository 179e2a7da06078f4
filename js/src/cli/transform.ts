/** `feature-columns transform`: rows to vectors, as NDJSON or .npy; arrow_output.ts writes Arrow. */
import type { Destination } from './destination.js';
import { floatsText } from './float_text.js';
import { npyHeader } from './npy.js';
import type { LayerInfo, Output, Result } from './runner.js';
import type { RowBatch } from './source.js';
import type { RowSink } from './stream.js';

export const dataOf = (outputs: readonly Output[]) => outputs.find((output) => output.name === 'data') as Output;

/** The steps of each row, of a sequence. */
export const lengthsOf = (outputs: readonly Output[]) => outputs.find((output) => output.name === 'sequence_length')?.data;

/** A line a row: {"features": […]}, of a sequence {"features": [[…], …], "sequence_length": n}. */
export function vectorLines(outputs: readonly Output[]): string {
  const { data, shape } = dataOf(outputs);
  const [rows = 0, second = 0, third] = shape;
  const lengths = lengthsOf(outputs);
  let text = '';
  for (let row = 0; row < rows; ++row) {
    if (third === undefined || !lengths) {
      text += `{"features":${floatsText(data, row * second, second)}}\n`;
      continue;
    }
    const length = lengths[row] as number; // a row's own steps: those after its length are padding of longer rows
    const steps = Array.from({ length }, (_, step) => floatsText(data, (row * second + step) * third, third));
    text += `{"features":[${steps.join(',')}],"sequence_length":${length}}\n`;
  }
  return text;
}

/** Lines that the runner has made. */
export class Lines implements RowSink {
  /** @param nullLine what stands for a bad row */
  constructor(private readonly destination: Destination, private readonly nullLine: (batch: RowBatch) => string) {}

  async rows(_: unknown, { text }: Result): Promise<void> {
    if (text) await this.destination.write(text);
  }

  async nullRow(batch: RowBatch): Promise<void> {
    await this.destination.write(this.nullLine(batch));
  }
}

export const nullVector = (): string => '{"features":null}\n';

/** <f4 (rows, width), of a sequence (rows, steps, width); a null row is NaN. */
export class NpyVectors implements RowSink {
  private rowCount = 0;
  private begun = false;

  constructor(private readonly destination: Destination, private readonly info: LayerInfo, private readonly steps: number | undefined) {}

  private get rowShape(): readonly number[] {
    return this.steps === undefined ? [this.info.width] : [this.steps, this.info.width];
  }

  private async append(values: Float32Array): Promise<void> {
    await this.begin();
    await this.destination.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  private async begin(): Promise<void> {
    if (this.begun) return;
    this.begun = true;
    await this.destination.write(npyHeader([0, ...this.rowShape]));
  }

  async rows(_: unknown, { outputs }: Result): Promise<void> {
    const { data, shape } = dataOf(outputs);
    const [rows = 0, second = 0, third] = shape;
    let values = data as Float32Array;
    if (third !== undefined && this.steps !== undefined) {
      values = new Float32Array(rows * this.steps * third);
      const kept = Math.min(this.steps, second) * third;
      for (let row = 0; row < rows; ++row) {
        values.set((data as Float32Array).subarray(row * second * third, row * second * third + kept), row * this.steps * third);
      }
    }
    await this.append(values);
    this.rowCount += rows;
  }

  async nullRow(): Promise<void> {
    await this.append(new Float32Array(this.rowShape.reduce((product, size) => product * size, 1)).fill(NaN));
    this.rowCount += 1;
  }

  /** Writes the header again, now with the number of rows. */
  async finish(): Promise<void> {
    await this.begin();
    await this.destination.rewriteStart(npyHeader([this.rowCount, ...this.rowShape]));
  }
}
