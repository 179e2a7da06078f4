/** `feature-columns score`: each row of NDJSON with the outputs of the model added. */
import type { Destination } from './destination.js';
import { floatsText } from './float_text.js';
import type { Output } from './runner.js';
import { singleRows, type RowBatch } from './source.js';
import type { RowSink } from './stream.js';

const decoder = new TextDecoder();

/** The text of a JSON object up to its closing brace, with a comma if members follow; '{' for a TFRecord. */
function openObject(line: string): string {
  const body = line.trim().slice(0, -1).trimEnd();
  return body.endsWith('{') ? body : body + ',';
}

/** NaN and Infinity, which are read but are no JSON, as the strings that outputs have for them. */
const plainJson = (line: string): string =>
  /NaN|Infinity/.test(line) ? line.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g, (token) => (token.startsWith('"') ? token : `"${token}"`)) : line;

/** A linear model's one output is called data; as a score it is the logits. */
export const scoreName = ({ name }: Output): string => (name === 'data' ? 'logits' : name);

function outputText(output: Output, row: number): string {
  const width = output.shape.slice(1).reduce((product, size) => product * size, 1);
  return `"${scoreName(output)}":${floatsText(output.data, row * width, width)}`;
}

export class ScoredRows implements RowSink {
  /** @param text whether rows are text that is repeated; else a row of the output has the model's outputs alone */
  constructor(private readonly destination: Destination, private readonly text: boolean) {}

  private *lines(batch: RowBatch): Generator<string> {
    if (this.text) for (const single of singleRows(batch, 'ndjson')) yield plainJson(decoder.decode(single.bytes));
    else for (let row = 0; row < batch.rows; ++row) yield '{}';
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
