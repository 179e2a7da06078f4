/** The impressions in the order of the model's probability, each with the row of the table that it was read from. */
import { arrange, element, setText } from './dom.js';
import type { Scored } from './model.js';
import { animate, reorder } from './motion.js';
import { Strip } from './strip.js';

interface Entry {
  readonly item: HTMLLIElement;
  readonly strip: Strip;
  readonly percent: HTMLElement;
  readonly bar: SVGRectElement;
  probability: number;
  stop: () => void;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A bar without inline styles, which the page's policy forbids in markup and which SVG does not need. */
function makeBar(): { bar: SVGElement; fill: SVGRectElement } {
  const bar = document.createElementNS(SVG, 'svg');
  bar.setAttribute('class', 'bar');
  bar.setAttribute('aria-hidden', 'true');
  const fill = document.createElementNS(SVG, 'rect');
  fill.setAttribute('height', '100%');
  bar.append(fill);
  return { bar, fill };
}

export class Ranking {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly list: HTMLOListElement, private readonly scale: number, private readonly idOf: (title: string) => number) {}

  show(scored: readonly Scored[]): void {
    const order = [...scored].sort((one, other) => other.probability - one.probability);
    for (const [title, entry] of this.entries) {
      if (scored.some((each) => each.title === title)) continue;
      entry.stop();
      this.entries.delete(title);
      entry.item.remove();
    }
    reorder(this.list, () => arrange(this.list, order.map(({ title, vector }) => this.entry(title, vector.length).item)));
    for (const one of order) this.update(this.entries.get(one.title)!, one);
  }

  private entry(title: string, width: number): Entry {
    const known = this.entries.get(title);
    if (known !== undefined) return known;
    const { bar, fill } = makeBar();
    const percent = element('span', { class: 'percent' });
    const canvas = element('canvas', { class: 'strip' });
    const item = element('li', { class: this.idOf(title) < 0 ? 'unknown' : undefined, 'data-title': title },
      element('span', { class: 'name' }, title), percent, canvas);
    item.append(bar);
    const entry: Entry = { item, percent, bar: fill, strip: new Strip(canvas, 'impression', this.scale, width), probability: 0, stop: () => {} };
    this.entries.set(title, entry);
    return entry;
  }

  private update(entry: Entry, { title, vector, probability }: Scored): void {
    entry.strip.set(vector, `Embedding of ${title}`);
    const from = entry.probability;
    entry.probability = probability;
    entry.stop();
    entry.stop = animate(420, (progress) => {
      const value = from + (probability - from) * progress;
      setText(entry.percent, `${(100 * value).toFixed(1)}%`);
      entry.bar.setAttribute('width', `${100 * value}%`);
    });
  }
}
