/** The page: one session, everything that shows it, and the library between. */
import { ChipField } from './chips.js';
import { copyButton, javascript, PYTHON, shareButton, showCode } from './code.js';
import { byId, count, debounce, element, kilobytes, microseconds, setText } from './dom.js';
import { fetchOnce } from './files.js';
import { nearest } from './geometry.js';
import { FilmMap } from './map.js';
import { DIMENSION, openModel, type Model } from './model.js';
import { NeighbourList } from './neighbours.js';
import { loadProof, showProof, walkCells } from './proof.js';
import { Ranking } from './ranking.js';
import { SampleButtons } from './sample_buttons.js';
import { samples, sessionAround } from './samples.js';
import { Search } from './search.js';
import { decodeSession, encodeSession, Store, type Session } from './state.js';
import { Strip } from './strip.js';
import { TableView } from './table.js';
import { measure } from './timing.js';

const NEIGHBOURS = 8;
const baseUrl = new URL('model/', document.baseURI).href;

/** Errors in the library's own words: they name the column, the row, the value and the remedy. */
function showError(error: unknown): void {
  const box = byId('error');
  const { code, message } = error as { code?: string; message?: string };
  box.replaceChildren(element('strong', {}, code ?? 'error'), ' ', message ?? String(error));
  box.hidden = false;
}

const guarded = <T extends unknown[]>(work: (...inputs: T) => void) => (...inputs: T): void => {
  try {
    work(...inputs);
    byId('error').hidden = true;
  } catch (error) {
    showError(error);
  }
};

/** The value drawn at full strength: nearly the largest of the table, so that one outlier does not grey out the rest. */
function fullStrength(table: Float32Array): number {
  const sizes = table.map(Math.abs).sort();
  return sizes[Math.floor(0.99 * sizes.length)] || 1;
}

function showCosts(model: Model): void {
  const { tables, vocabularies } = model.ofFeatures;
  const all = model.stats().tables;
  setText(byId('table-bytes'), kilobytes(tables.bytes));
  setText(byId('cost-shared'), `${count(tables.bytes)} bytes`);
  setText(byId('cost-separate'), `${count(2 * tables.bytes)} bytes`);
  setText(byId('table-count'), `${tables.count} table, ${vocabularies.count} vocabulary (${kilobytes(vocabularies.bytes)}), ${count(all.bytes - tables.bytes)} bytes of network`);
}

async function start(): Promise<void> {
  const files = fetchOnce();
  const [model, titles] = await Promise.all([
    openModel(baseUrl, files),
    files(`${baseUrl}videos.txt`).then(async (response) => (await response.text()).trimEnd().split('\n')),
  ]);
  const ids = new Map(titles.map((title, id) => [title, id]));
  const idOf = (title: string) => ids.get(title) ?? -1;
  const rowsOf = (some: readonly string[]) => new Set(some.map(idOf).filter((id) => id >= 0));
  const table = model.rows(titles);
  const scale = fullStrength(table);
  const search = new Search(titles);
  const store = new Store(decodeSession(location.hash, titles) ?? samples[0]!.session);

  const field = (feature: keyof Session, label: string, placeholder: string, unknownNote: string) => new ChipField({
    root: byId(feature), label, placeholder, search, idOf, unknownNote,
    add: (title) => store.add(feature, title),
    remove: (index) => store.remove(feature, index),
  });
  const watched = field('watched', 'Watched films', 'Add a film that was watched', 'dropped before the mean, as TensorFlow does');
  const impressions = field('impressions', 'Films to rank', 'Add a film to rank', 'its vector is zero, as in TensorFlow');
  const pooled = new Strip(byId<HTMLCanvasElement>('pooled'), 'watched', scale, DIMENSION);
  const ranking = new Ranking(byId<HTMLOListElement>('ranking'), scale, idOf);
  const describe = (row: number) => `row ${row} · ${titles[row]}`;
  const tableView = new TableView({
    canvas: byId<HTMLCanvasElement>('table'), table, dimension: DIMENSION, scale, describe, chosen: (row) => store.toggle('watched', titles[row]!),
  });

  let focus: number | undefined;
  let last: Float32Array = new Float32Array(DIMENSION);
  const map = new FilmMap({ canvas: byId<HTMLCanvasElement>('map'), table, dimension: DIMENSION, titles, chosen: (row) => pick(row) });
  const list = new NeighbourList(titles, {
    pick: (row) => pick(row),
    watch: (row) => store.add('watched', titles[row]!),
    show: (row) => store.add('impressions', titles[row]!),
  });
  const showMap = () => {
    const seen = rowsOf(store.current.watched);
    const vector = focus === undefined ? last : table.subarray(focus * DIMENSION, (focus + 1) * DIMENSION);
    const neighbours = nearest(table, vector, focus === undefined ? seen : new Set([focus]), NEIGHBOURS);
    map.mark({
      watched: seen, impressions: rowsOf(store.current.impressions), pooled: seen.size > 0 ? last : undefined, focus,
      neighbours: neighbours.map(({ row }) => row),
    });
    list.show(neighbours, focus);
  };
  const pick = (row: number | undefined) => {
    focus = row === focus ? undefined : row;
    showMap();
  };

  // A film that is pointed at anywhere shows itself in the table and on the map.
  document.addEventListener('pointerover', (event) => {
    const title = (event.target as Element).closest('[data-title]')?.getAttribute('data-title');
    if ((event.target as Element).localName === 'canvas' && title === undefined) return; // these two speak for themselves
    const row = title == null || idOf(title) < 0 ? undefined : idOf(title);
    tableView.point(row);
    map.point(row);
  });

  let round = 0;
  const time = debounce(350, async () => {
    const mine = ++round;
    const { current } = store;
    const timing = await measure(() => model.transform(current.watched, current.impressions), () => mine !== round);
    if (timing === undefined) return;
    setText(byId('time'), microseconds(timing.microseconds));
    const rows = Math.max(1, current.impressions.length);
    setText(byId('time-text'), `a transform of ${rows} ${rows === 1 ? 'row' : 'rows'} in your browser, median of ${count(timing.calls)} calls`);
  });
  const buttons = new SampleButtons();
  const show = guarded((session: Session) => {
    const answer = model.answer(session.watched, session.impressions);
    last = answer.watched;
    watched.show(session.watched);
    impressions.show(session.impressions);
    pooled.set(answer.watched, `Mean of the embeddings of ${session.watched.length} watched films`);
    ranking.show(answer.impressions);
    byId('ranking-empty').hidden = session.impressions.length > 0;
    tableView.light(rowsOf(session.watched), rowsOf(session.impressions));
    showMap();
    showCode(byId('code-js'), javascript(session));
    buttons.mark(encodeSession(session, idOf));
    time();
  });
  // The address that is written here does not come back as a change: replaceState fires no hashchange.
  store.listen((session) => {
    history.replaceState(null, '', encodeSession(session, idOf));
    focus = undefined;
    show(session);
  });
  window.addEventListener('hashchange', () => store.replace(decodeSession(location.hash, titles) ?? samples[0]!.session));

  for (const { name, session } of samples) buttons.add(name, new Set([encodeSession(session, idOf)]), () => store.replace(session));
  copyButton(byId<HTMLButtonElement>('copy-js'), () => javascript(store.current));
  shareButton(byId<HTMLButtonElement>('copy-link'));
  showCode(byId('code-python'), PYTHON);
  showCosts(model);
  show(store.current);
  document.body.classList.add('ready');

  const { rows, expected } = await loadProof(baseUrl);
  const open = (index: number) => store.replace(sessionAround(rows, index));
  showProof(model, rows, expected, (index) => {
    open(index);
    byId('play').scrollIntoView({ block: 'start' });
  });
  walkCells(byId('proof-cells'));
  const viewers = rows.length - 8; // the last rows are nobody's: empty, unknown, repeated titles
  const unseen = new Set(rows.slice(0, viewers).map((_, index) => encodeSession(sessionAround(rows, index), idOf)));
  buttons.add('A viewer it never saw', unseen, () => open(Math.floor(Math.random() * viewers)));
}

start().catch(showError);
