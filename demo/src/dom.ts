/** Elements without a framework, and numbers as people read them. */

type Child = Node | string | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A new element. `true` sets an attribute without a value, `false` and `undefined` leave it out. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** The element of index.html with this id; a page without it is a programmer's error. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html has no element #${id}`);
  return found as T;
}

/** Where on an element an event is. Not its `offsetX`: for events that a program makes, WebKit forgets how far the page is scrolled. */
export function placeOn(target: Element, { clientX, clientY }: MouseEvent): readonly [x: number, y: number] {
  const { left, top } = target.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

/**
 * Makes `wanted` the children of `list`, in this order. The one that holds the focus is not taken out and put in again, or the focus would be
 * lost; nor is any other that is in its place already.
 */
export function arrange(list: Element, wanted: readonly Element[]): void {
  const staying = new Set(wanted);
  for (const child of [...list.children]) if (!staying.has(child)) child.remove();
  const fixed = wanted.find((child) => child.parentElement === list && child.contains(document.activeElement));
  let at = list.firstElementChild;
  for (const child of wanted) {
    if (child === fixed) {
      while (at !== fixed) {
        const later: Element = at!;
        at = later.nextElementSibling;
        list.append(later);
      }
    }
    if (child === at) at = at.nextElementSibling;
    else list.insertBefore(child, at);
  }
}

export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 96000 as "96,000". */
export const count = (value: number): string => plain.format(value);

/** Bytes in KB of 1024, with the decimals that say something. */
export function kilobytes(bytes: number): string {
  const value = bytes / 1024;
  return `${value.toFixed(value < 100 ? 1 : 0)} KB`;
}

/** Microseconds with three digits at most. */
export function microseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} µs`;
}

export const signed = (value: number, digits = 4): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** Runs `work` once things are quiet: `milliseconds` after the last call. */
export function debounce(milliseconds: number, work: () => void): () => void {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(work, milliseconds);
  };
}
