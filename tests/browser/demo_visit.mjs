// A visit to the demo page: what one sees there, and does.

export const SAMPLE = 'Saturday with the kids';

/** Waits until `read` gives something that `good` accepts; fails with what it gave last. */
export async function eventually(what, read, good, milliseconds = 5000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await read();
    if (good(value)) return value;
    if (Date.now() > end) throw new Error(`${what}: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const matches = (assert, text, pattern) => assert.ok(pattern.test(text), `${pattern} does not match ${JSON.stringify(text)}`);
export const differs = (assert, one, other) => assert.ok(one !== other, 'nothing changed');

/** What the tests of a page of a driver share. */
export function visitOf(page) {
  const texts = (selector) => page.locator(selector).allTextContents();
  const ranking = async () => {
    const [names, percents] = [await texts('#ranking .name'), await texts('#ranking .percent')];
    return names.map((name, index) => ({ name, percent: Number.parseFloat(percents[index]) }));
  };
  const settled = async () => {
    let last = '';
    return eventually('the ranking settles', ranking, (now) => last === (last = JSON.stringify(now)));
  };
  const chips = (field) => texts(`#${field} .chip .name`);
  const pixels = (selector) => page.evaluate((wanted) => document.querySelector(wanted).toDataURL(), selector);
  const sample = async (name) => `.sample:nth-child(${(await texts('.sample')).indexOf(name) + 1})`;
  const add = async (field, text) => {
    await page.fill(`#${field}-input`, text);
    await page.keyboard.press('Enter');
  };

  /** What has the focus, by its label, its id or its text. */
  const focused = () => page.evaluate(() => {
    const { activeElement } = document;
    return activeElement.getAttribute('aria-label') || activeElement.id || activeElement.textContent;
  });
  const press = async (selector) => {
    await page.focus(selector);
    await page.keyboard.press('Enter');
  };

  return { page, texts, ranking, settled, chips, pixels, sample, add, focused, press };
}
