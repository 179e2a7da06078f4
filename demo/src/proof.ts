/** The parity check as a wall of cells, one a session: what TensorFlow answered, and whether this browser says the same bits. */
import { byId, count, element, setText } from './dom.js';
import type { Model, SampleRow } from './model.js';
import { checkParity, type Expected, type Parity } from './parity.js';

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response.text();
}

/** The committed sessions and answers. */
export async function loadProof(baseUrl: string): Promise<{ readonly rows: readonly SampleRow[]; readonly expected: Expected }> {
  const [sessions, answers] = await Promise.all([text(`${baseUrl}sessions.ndjson`), text(`${baseUrl}expected.json`)]);
  return { rows: sessions.trimEnd().split('\n').map((line) => JSON.parse(line) as SampleRow), expected: JSON.parse(answers) as Expected };
}

function describe(row: SampleRow): string {
  const { watched_video_id: watched, impression_video_id: impression } = row;
  return `${impression || '(no impression)'} after ${watched.length === 0 ? 'nothing' : `${watched.length} watched`}`;
}

/** Runs the check and shows it; `chosen` is told the index of a cell that is pressed. */
export function showProof(model: Model, rows: readonly SampleRow[], expected: Expected, chosen: (index: number) => void): Parity {
  const parity = checkParity(model, rows, expected);
  const same = parity.equal.filter(Boolean).length;
  const badge = byId('parity');
  setText(badge, `${same}/${rows.length}`);
  byId('parity-figure').classList.add(same === rows.length ? 'good' : 'bad');
  setText(byId('parity-text'), `rows bit-equal with TensorFlow ${parity.tensorflow}`);
  setText(byId('proof-text'), `${same} of ${rows.length} rows, ${count(parity.floats)} floats: ${same === rows.length ? 'every bit equal' : 'not every bit equal'} `
    + `to TensorFlow ${parity.tensorflow}. Largest difference of a logit: ${parity.logitDifference === 0 ? '0' : parity.logitDifference.toExponential(1)}.`);
  byId('proof-cells').replaceChildren(...rows.map((row, index) => {
    const cell = element('button', {
      type: 'button', class: parity.equal[index] ? 'equal' : 'different', title: describe(row), tabindex: index === 0 ? '0' : '-1',
      'aria-label': `Session ${index + 1}, ${parity.equal[index] ? 'bit-equal' : 'different'}: ${describe(row)}`,
    });
    cell.addEventListener('click', () => chosen(index));
    return cell;
  }));
  return parity;
}

/** One stop of the Tab key for all cells; the arrows walk among them. */
export function walkCells(cells: HTMLElement): void {
  cells.addEventListener('keydown', (event) => {
    const all = [...cells.children] as HTMLElement[];
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const next = step && all[all.indexOf(document.activeElement as HTMLElement) + step];
    if (!next) return;
    event.preventDefault();
    for (const cell of all) cell.tabIndex = cell === next ? 0 : -1;
    next.focus();
  });
}
