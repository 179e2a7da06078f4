/** Who is near: films by their cosine to the viewer, or to a film that was picked on the map. */
import { byId, element, setText } from './dom.js';
import type { Neighbour } from './geometry.js';
import { reorder } from './motion.js';

export interface NeighbourActions {
  readonly pick: (row: number | undefined) => void;
  readonly watch: (row: number) => void;
  readonly show: (row: number) => void;
}

export class NeighbourList {
  private readonly list = byId<HTMLOListElement>('neighbours');
  private readonly items = new Map<number, { readonly item: HTMLLIElement; readonly cosine: HTMLElement }>();

  constructor(private readonly titles: readonly string[], private readonly actions: NeighbourActions) {
    byId('focus-clear').addEventListener('click', () => actions.pick(undefined));
    byId('focus-watch').addEventListener('click', () => this.focus !== undefined && actions.watch(this.focus));
    byId('focus-show').addEventListener('click', () => this.focus !== undefined && actions.show(this.focus));
  }

  private focus: number | undefined;

  show(neighbours: readonly Neighbour[], focus: number | undefined): void {
    this.focus = focus;
    setText(byId('focus-name'), focus === undefined ? 'the viewer, the mean of what was watched' : this.titles[focus]!);
    byId('focus-actions').hidden = focus === undefined;
    byId('neighbours-empty').hidden = neighbours.length > 0;
    for (const row of this.items.keys()) if (!neighbours.some((each) => each.row === row)) this.items.delete(row);
    reorder(this.list, () => this.list.replaceChildren(...neighbours.map(({ row, cosine }) => {
      const known = this.items.get(row) ?? this.make(row);
      setText(known.cosine, cosine.toFixed(3));
      return known.item;
    })));
  }

  private make(row: number) {
    const title = this.titles[row]!;
    const name = element('button', { type: 'button', class: 'link', title: 'Show its neighbours' }, title);
    name.addEventListener('click', () => this.actions.pick(row));
    const watch = element('button', { type: 'button', class: 'add', 'aria-label': `Add ${title} to watched` }, '+');
    watch.addEventListener('click', () => this.actions.watch(row));
    const cosine = element('span', { class: 'cosine' });
    const made = { item: element('li', { 'data-title': title }, name, cosine, watch), cosine };
    this.items.set(row, made);
    return made;
  }
}
