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
