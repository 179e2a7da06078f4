/** `feature-columns score`: each row of NDJSON with the outputs of the model added. */
import type { Destination } from './destination.js';
import { floatsText } from './float_text.js';
import type { Output, RowFormat } from './runner.js';
import { singleRows, type RowBatch } from './source.js';
import type { RowSink } from './stream.js';

const decoder = new TextDecoder();

/** The text of a JSON object up to its closing brace, with a comma if members follow; '{' for a TFRecord. */
function openObject(line: string): string {
  const body = line.trim().slice(0, -1).trimEnd();
  return body.endsWith('{') ? body : body + ',';
}

function outputText(output: Output, row: number): string {
  const width = output.shape.slice(1).reduce((product, size) => product * size, 1);
  // A linear model's one output is called data; as a score it is the logits.
  const name = output.name === 'data' ? 'logits' : output.name;
  return `"${name}":${floatsText(output.data, row * width, width)}`;
}

export class ScoredRows implements RowSink {
  constructor(private readonly destination: Destination, private readonly format: RowFormat) {}

  private *lines(batch: RowBatch): Generator<string> {
    for (const single of singleRows(batch, this.format)) yield this.format === 'ndjson' ? decoder.decode(single.bytes) : '{}';
  }

  async rows(batch: RowBatch, outputs: readonly Output[]): Promise<void> {
    let text = '';
    let row = 0;
    for (const line of this.lines(batch)) {
      text += openObject(line) + outputs.map((output) => outputText(output, row)).join(',') + '}\n';
      ++row;
    }
    await this.destination.write(text);
  }

  async nullRow(batch: RowBatch): Promise<void> {
    // A bad row may be no JSON at all: it is not repeated.
    await this.destination.write(`{"row":${batch.first},"logits":null,"probabilities":null,"class_ids":null}\n`);
  }
}
