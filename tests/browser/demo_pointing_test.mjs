// Keyboard, mouse and finger on the demo page: where the focus is, what moves, what a cell or a column opens.
import { SAMPLE, eventually, matches } from './demo_visit.mjs';

export async function pointingTests({ page, chips, sample, focused, press }, test, assert) {
  await test('the focus stays on what stays, and else goes to what is next to it', async () => {
    await page.click(await sample(SAMPLE));
    const watched = await chips('watched');
    await press('#watched .chip:nth-child(2) .remove');
    assert.equal(await focused(), `Remove ${watched[2]}`);
    await press('#watched .chip:last-child .remove');
    assert.equal(await focused(), 'watched-input');

    // The same chips in another order, from an address.
    await page.click(await sample(SAMPLE));
    for (const index of [1, 2, watched.length]) {
      await page.focus(`#watched .chip:nth-child(${index}) .remove`);
      const before = [await focused(), await page.url()];
      await page.evaluate(() => (location.hash = location.hash.replace(/w=([\d.]+)/, (_, ids) => `w=${ids.split('.').reverse().join('.')}`)));
      await eventually('the order turns', () => chips('watched'), (now) => now[0] === watched.at(-1));
      assert.equal(await focused(), before[0]);
      await page.evaluate((address) => (location.href = address), before[1]);
      await eventually('the order turns back', () => chips('watched'), (now) => now[0] === watched[0]);
      assert.equal(await focused(), before[0]);
    }

    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await page.click(await sample(SAMPLE));
      await press('#neighbours li:nth-child(2) .add');
      assert.equal(await focused(), await page.getAttribute('#neighbours li:nth-child(2) .add', 'aria-label'));
      await press('#neighbours li:nth-child(2) .link');
      assert.equal(await focused(), 'focus-name');
      await press('#focus-clear');
      assert.equal(await focused(), 'focus-name');
      for (const button of ['#focus-show', '#focus-watch']) {
        await press('#neighbours li:nth-child(3) .link');
        await press(button);
        assert.equal(await focused(), 'focus-name');
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test('only what is new comes in', async () => {
    await page.click(await sample(SAMPLE));
    // With a button to press in the same turn, for what comes does not take long.
    const coming = (button) => page.evaluate((selector) => {
      if (selector) document.querySelector(selector).click();
      return document.getAnimations().map(({ effect }) => effect.target).filter((target) => target.matches('.chip')).map((chip) => chip.getAttribute('data-title'));
    }, button);
    await eventually('the chips have come', coming, (now) => now.length === 0);
    const [before, address] = [await chips('watched'), await page.url()];
    assert.deepEqual(await coming('#neighbours .add'), (await chips('watched')).filter((title) => !before.includes(title)));
    await eventually('the chip has come', coming, (now) => now.length === 0);
    await page.evaluate((wanted) => (location.href = wanted), address);
    await eventually('it goes', () => chips('watched'), (now) => now.length === before.length);
    assert.deepEqual(await coming(), []);
  });

  await test('a click on the table adds a film or takes it out; a finger sees it first', async () => {
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 740 });
      await page.click(await sample(SAMPLE));
      const before = await chips('watched');
      await page.click('#table');
      assert.equal((await chips('watched')).length, before.length + 1);
      await page.click('#table');
      assert.deepEqual(await chips('watched'), before);

      const tap = (selector) => page.evaluate((wanted) => {
        const target = document.querySelector(wanted);
        const { left, top, width: wide, height: high } = target.getBoundingClientRect();
        const at = { clientX: left + wide / 2, clientY: top + high / 2, bubbles: true, pointerType: 'touch' };
        for (const type of ['pointerdown', 'pointerup', 'pointerout', 'pointerleave', 'click']) target.dispatchEvent(new PointerEvent(type, { ...at, bubbles: type !== 'pointerleave' }));
      }, selector);
      await tap('#table');
      assert.deepEqual(await chips('watched'), before);
      assert.equal(await page.isVisible('.column-label'), true);
      const [title] = /(?<= · ).*/.exec(await page.textContent('.column-label span'));
      assert.equal(await page.textContent('.column-label button'), '+ watched');
      await tap('.column-label button');
      assert.deepEqual(await chips('watched'), [...before, title]);
      assert.equal(await page.textContent('.column-label button'), '− watched');
      await tap('.column-label button');
      assert.deepEqual(await chips('watched'), before);
      const [left, right, content] = await page.evaluate(() => {
        const { left: from, right: to } = document.querySelector('.column-label').getBoundingClientRect();
        return [from, to, document.documentElement.scrollWidth];
      });
      assert.ok(left >= 0 && right <= width && content <= width, `${left} to ${right}, ${content} of ${width}`);
      await tap('#map');
      assert.equal(await page.isVisible('.column-label'), false);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test('a cell of the proof opens its session', async () => {
    await page.click('#proof-cells button:nth-child(5)');
    const opened = await chips('impressions');
    assert.ok(opened.length >= 1 && opened.length <= 4, opened.join());
    matches(assert, await page.getAttribute('#proof-cells button:nth-child(5)', 'title'), new RegExp(`^${opened[0].slice(0, 5).replace(/[^\w ]/g, '.')}`));
  });

  await test('a cell opens just the session that was compared: with repeated, empty and unknown titles', async () => {
    const cells = await page.locator('#proof-cells button').count();
    for (let cell = cells - 7; cell <= cells; ++cell) {
      await page.click(`#proof-cells button:nth-child(${cell})`);
      const title = await page.getAttribute(`#proof-cells button:nth-child(${cell})`, 'title');
      const watched = await chips('watched');
      assert.equal(watched.length, Number(/after (\d+) watched$/.exec(title)?.[1] ?? 0), `${title}: ${watched}`);
      assert.ok(title.startsWith((await chips('impressions'))[0]), title);
      // The address has all of it.
      const address = await page.url();
      await page.click(await sample(SAMPLE));
      await page.evaluate((wanted) => (location.href = wanted), address);
      await eventually('the address brings it back', () => chips('watched'), (now) => JSON.stringify(now) === JSON.stringify(watched));
    }
    await page.click(`#proof-cells button:nth-child(${cells - 3})`);
    const [first, second, third] = await chips('watched');
    assert.equal(first, second);
    await page.click('#watched .chip:nth-child(2) .remove');
    assert.deepEqual(await chips('watched'), [first, third]);
  });

  await test('a viewer that it never saw is a sample as the others', async () => {
    const button = await sample('A viewer it never saw');
    await page.click(await sample(SAMPLE));
    assert.equal(await page.getAttribute(button, 'aria-pressed'), 'false');
    await page.click(button);
    assert.equal(await page.getAttribute(button, 'aria-pressed'), 'true');
    assert.equal(await page.getAttribute(await sample(SAMPLE), 'aria-pressed'), 'false');
  });

  await test('the code on the page holds the session', async () => {
    const first = (await chips('watched'))[0];
    assert.ok((await page.textContent('#code-js')).includes(first.replaceAll("'", '')) || first.includes("'"), first);
    matches(assert, await page.textContent('#code-js'), /sharedEmbeddings\(ids/);
  });
}
