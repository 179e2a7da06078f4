/** `feature-columns score`: each row of NDJSON with the outputs of the model added. */
import { floatsText } from './float_text.js';
import type { Output } from './runner.js';
import { singleRows, type RowBatch } from './source.js';

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

/**
 * A line a row: the row as it was read, with the outputs added.
 *
 * @param batch rows of NDJSON; undefined for rows that are no text: then a line has the outputs alone
 */
export function scoredLines(batch: RowBatch | undefined, outputs: readonly Output[]): string {
  const rows = outputs[0]?.shape[0] ?? 0;
  const given = batch && singleRows(batch, 'ndjson');
  let text = '';
  for (let row = 0; row < rows; ++row) {
    const line = given?.next().value;
    text += openObject(line ? plainJson(decoder.decode(line.bytes)) : '{}') + outputs.map((output) => outputText(output, row)).join(',') + '}\n';
  }
  return text;
}

/** A bad row may be no JSON at all: it is not repeated. */
export const nullScore = ({ first }: RowBatch): string => `{"row":${first},"logits":null,"probabilities":null,"class_ids":null}\n`;
