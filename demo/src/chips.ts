/** A field of chips over one vocabulary: a combobox (ARIA 1.2) whose choices become removable chips. */
import { arrange, element, setText } from './dom.js';
import { arrive } from './motion.js';
import type { Search } from './search.js';

export interface ChipFieldOptions {
  readonly root: HTMLElement;
  readonly label: string;
  readonly placeholder: string;
  readonly search: Search;
  /** The row of a title in the vocabulary, -1 where it has none. */
  readonly idOf: (title: string) => number;
  /** What a chip out of the vocabulary says on hover and to screen readers. */
  readonly unknownNote: string;
  readonly add: (title: string) => void;
  readonly remove: (index: number) => void;
}

export class ChipField {
  private readonly input: HTMLInputElement;
  private readonly chips = element('ul', { class: 'chips' });
  private readonly list: HTMLUListElement;
  private readonly note: HTMLElement;
  private titles: readonly string[] = [];
  private offers: { readonly title: string; readonly unknown: boolean }[] = [];
  private active = -1;

  constructor(private readonly options: ChipFieldOptions) {
    const { root, label, placeholder } = options;
    const id = root.id;
    this.input = element('input', {
      id: `${id}-input`, type: 'text', role: 'combobox', 'aria-expanded': 'false', 'aria-controls': `${id}-list`, 'aria-autocomplete': 'list',
      'aria-describedby': `${id}-note`, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', placeholder,
    });
    this.list = element('ul', { id: `${id}-list`, class: 'offers', role: 'listbox', 'aria-label': `${label}: films`, hidden: true });
    this.note = element('p', { id: `${id}-note`, class: 'field-note', 'aria-live': 'polite' });
    const name = element('label', { for: `${id}-input`, class: 'visually-hidden' }, label);
    const box = element('div', { class: 'chip-box' }, this.chips, element('div', { class: 'combo' }, name, this.input, this.list));
    root.append(box, this.note);
    box.addEventListener('click', (event) => event.target === box && this.input.focus());
    this.input.addEventListener('input', () => this.offer());
    this.input.addEventListener('click', () => this.offer());
    this.input.addEventListener('blur', () => this.close());
    this.input.addEventListener('keydown', (event) => this.key(event));
    window.visualViewport?.addEventListener('resize', () => this.reveal()); // the keyboard of a phone has come
    // mousedown, or the field would lose the focus and close before the click arrives.
    this.list.addEventListener('mousedown', (event) => event.preventDefault());
    this.list.addEventListener('click', (event) => {
      const index = [...this.list.children].indexOf((event.target as Element).closest('li')!);
      if (index >= 0) this.choose(index);
    });
  }

  /** Shows these chips; those that stay are not made anew, so that focus stays where it is and only what is new moves. */
  show(titles: readonly string[]): void {
    const before = [...this.chips.children];
    const held = before.findIndex((chip) => chip.contains(document.activeElement));
    const kept = new Set(before); // a title may be there twice
    arrange(this.chips, titles.map((title) => {
      const chip = [...kept].find((each) => each.getAttribute('data-title') === title) ?? this.chip(title);
      kept.delete(chip);
      return chip;
    }));
    for (const chip of this.chips.children) if (!before.includes(chip)) arrive(chip, 'scale(.94)');
    if (held >= 0 && !before[held]!.isConnected) this.focusNear(held);
    this.titles = titles;
    const unknown = titles.filter((title) => this.options.idOf(title) < 0).length;
    setText(this.note, unknown === 0 ? '' : `${unknown === 1 ? 'One title is' : `${unknown} titles are`} not in the vocabulary: ${this.options.unknownNote}.`);
  }

  /** The chip that has the focus has gone: the one that is now in its place gets it, or the field after the last. */
  private focusNear(index: number): void {
    const next = this.chips.children[index]?.querySelector<HTMLElement>('.remove') ?? this.input;
    next.focus({ preventScroll: true });
  }

  private chip(title: string): HTMLLIElement {
    const id = this.options.idOf(title);
    const name = title || '(empty)';
    const remove = element('button', { type: 'button', class: 'remove', 'aria-label': `Remove ${name}` }, '×');
    const state = id < 0 ? element('span', { class: 'id' }, 'not in vocabulary') : element('span', { class: 'id', title: `row ${id} of the table` }, String(id));
    const chip = element('li', { class: id < 0 ? 'chip unknown' : 'chip', 'data-title': title }, element('span', { class: 'name' }, name), state, remove);
    remove.addEventListener('click', () => this.options.remove([...this.chips.children].indexOf(chip)));
    return chip;
  }

  private offer(): void {
    const typed = this.input.value.trim();
    const found = this.options.search.find(typed, new Set(this.titles));
    this.offers = found.map((title) => ({ title, unknown: false }));
    const exact = this.options.idOf(typed) >= 0;
    if (typed !== '' && !exact && !this.titles.includes(typed)) this.offers.push({ title: typed, unknown: true });
    this.active = typed === '' ? -1 : 0;
    this.list.replaceChildren(...this.offers.map(({ title, unknown }, index) => element(
      'li', { id: `${this.list.id}-${index}`, role: 'option', class: unknown ? 'unknown' : undefined },
      unknown ? `“${title}”` : title, element('span', { class: 'id' }, unknown ? 'not in vocabulary' : String(this.options.idOf(title))),
    )));
    this.list.hidden = this.offers.length === 0;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
    this.mark();
    this.reveal();
  }

  /** The page scrolls where the offers would be below the screen. */
  private reveal(): void {
    if (!this.list.hidden) this.list.scrollIntoView({ block: 'nearest' });
  }

  private mark(): void {
    [...this.list.children].forEach((option, index) => option.setAttribute('aria-selected', String(index === this.active)));
    const option = this.list.children[this.active];
    if (option === undefined) return this.input.removeAttribute('aria-activedescendant');
    this.input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  }

  private close(): void {
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  private choose(index: number): void {
    const offer = this.offers[index];
    if (offer === undefined) return;
    this.input.value = '';
    this.options.add(offer.title);
    this.close();
  }

  private key(event: KeyboardEvent): void {
    const open = !this.list.hidden;
    const last = this.offers.length - 1;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) return this.offer();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.active = this.active < 0 ? (step > 0 ? 0 : last) : (this.active + step + last + 1) % (last + 1);
      this.mark();
    } else if (event.key === 'Enter' && open && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === 'Escape') {
      if (open) this.close();
      else this.input.value = '';
    } else if (event.key === 'Backspace' && this.input.value === '' && this.titles.length > 0) {
      this.close();
      this.options.remove(this.titles.length - 1);
    }
  }
}
