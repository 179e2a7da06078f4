/** Who is near: films by their cosine to the viewer, or to a film that was picked on the map. */
import { arrange, byId, element, setText } from './dom.js';
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
    const panel = byId('near');
    const held = panel.contains(document.activeElement) ? document.activeElement! : undefined;
    const place = [...this.list.children].findIndex((item) => held !== undefined && item.contains(held));
    this.focus = focus;
    setText(byId('focus-name'), focus === undefined ? 'the viewer, the mean of what was watched' : this.titles[focus]!);
    byId('focus-actions').hidden = focus === undefined;
    byId('neighbours-empty').hidden = neighbours.length > 0;
    for (const row of this.items.keys()) if (!neighbours.some((each) => each.row === row)) this.items.delete(row);
    reorder(this.list, () => arrange(this.list, neighbours.map(({ row, cosine }) => {
      const known = this.items.get(row) ?? this.make(row);
      setText(known.cosine, cosine.toFixed(3));
      return known.item;
    })));
    if (held !== undefined && (!held.isConnected || held.closest('[hidden]') !== null)) this.focusNear(held, place);
  }

  /** What had the focus has gone or is hidden. After a + it is the next +, for who adds one may add more; else the heading, which says whose neighbours these are. */
  private focusNear(gone: Element, place: number): void {
    const item = gone.matches('.add') ? this.list.children[Math.min(place, this.list.children.length - 1)] : undefined;
    (item?.querySelector<HTMLElement>('.add') ?? byId('focus-name')).focus({ preventScroll: true });
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
