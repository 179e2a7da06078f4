// The demo page, worked as a person does: types, chooses, removes, mistypes, follows links, on a wide screen and a narrow one.
import { brotli } from '../../scripts/sizes.mjs';

const SAMPLE = 'Saturday with the kids';

/** Waits until `read` gives something that `good` accepts; fails with what it gave last. */
async function eventually(what, read, good, milliseconds = 5000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await read();
    if (good(value)) return value;
    if (Date.now() > end) throw new Error(`${what}: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const matches = (assert, text, pattern) => assert.ok(pattern.test(text), `${pattern} does not match ${JSON.stringify(text)}`);
const differs = (assert, one, other) => assert.ok(one !== other, 'nothing changed');

/**
 * Runs every check with `test(name, run)`. `page` is a fresh page of a driver; `urls` has the folder that holds the demo, and one
 * where a file of it is missing.
 */
export async function demoTests(page, urls, test, assert) {
  const url = urls.whole;
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

  page.setDefaultTimeout(5000);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(url);

  await test('shows a result without a click', async () => {
    await page.waitForSelector('body.ready', { timeout: 15000 });
    const ranked = await settled();
    assert.ok(ranked.length >= 5, `${ranked.length} ranked films`);
    assert.ok(ranked.every(({ percent }, index) => index === 0 || percent <= ranked[index - 1].percent), JSON.stringify(ranked));
    assert.ok(new Set(ranked.map(({ percent }) => percent)).size > 1, 'all films have one probability');
    assert.ok((await chips('watched')).length > 0);
  });

  await test('every row has TensorFlow\'s bits in this browser', async () => {
    const text = await eventually('the badge', () => page.textContent('#parity'), (now) => /\d/.test(now), 15000);
    assert.equal(text, '200/200');
    assert.equal(await page.locator('#proof-cells .equal').count(), 200);
    assert.equal(await page.locator('#proof-cells .different').count(), 0);
    const difference = Number(/a logit: ([\d.e+-]+?)\.$/.exec(await page.textContent('#proof-text'))[1]);
    assert.ok(difference < 1e-5, `logits differ by ${difference}`);
  });

  await test('measures a transform and tells the sizes', async () => {
    const time = await eventually('the time', () => page.textContent('#time'), (now) => now.endsWith('µs'), 15000);
    assert.ok(Number.parseFloat(time) > 0, time);
    const shared = await page.textContent('#cost-shared');
    assert.equal(shared, '96,000 bytes');
    assert.equal(await page.textContent('#cost-separate'), '192,000 bytes');
    matches(assert, await page.textContent('#table-count'), /^1 table, 1 vocabulary \(.* KB\), 6,404 bytes of network$/);
  });

  await test('downloads each file once, and tells how large its scripts are', async () => {
    await eventually('all is there', () => page.textContent('#parity'), (now) => /\d/.test(now), 15000);
    const requests = (await page.evaluate(() => performance.getEntriesByType('resource').map((each) => each.name))).filter((each) => each.startsWith('http'));
    assert.deepEqual(requests.filter((each, index) => requests.indexOf(each) !== index), []);
    const scripts = requests.filter((each) => each.startsWith(url) && each.endsWith('.js'));
    const sizes = await Promise.all(scripts.map(async (script) => brotli(new Uint8Array(await (await fetch(script)).arrayBuffer()))));
    const size = sizes.reduce((sum, each) => sum + each, 0) / 1024;
    assert.equal(await page.textContent('#download'), `${size.toFixed(0)} KB`);
  });

  await test('choosing a film with the keyboard changes vector, ranking, table and map', async () => {
    const before = { ranked: await settled(), strip: await pixels('#pooled'), table: await pixels('#table'), map: await pixels('#map') };
    await page.focus('#watched-input');
    await page.keyboard.type('toy st');
    await page.waitForSelector('#watched-list:not([hidden])');
    assert.equal(await page.getAttribute('#watched-input', 'aria-expanded'), 'true');
    assert.equal((await texts('#watched-list li'))[0].startsWith('Toy Story (1995)'), true);
    await page.keyboard.press('ArrowDown');
    const active = await page.getAttribute('#watched-input', 'aria-activedescendant');
    assert.equal(await page.getAttribute(`#${active}`, 'aria-selected'), 'true');
    matches(assert, await page.textContent(`#${active}`), /^Toy Story 2/);
    await page.keyboard.press('Enter');
    assert.ok((await chips('watched')).includes('Toy Story 2 (1999)'));
    const after = await settled();
    differs(assert, JSON.stringify(after), JSON.stringify(before.ranked));
    differs(assert, await pixels('#pooled'), before.strip);
    differs(assert, await pixels('#table'), before.table);
    differs(assert, await pixels('#map'), before.map);
    await page.keyboard.press('Escape');
    assert.equal(await page.getAttribute('#watched-input', 'aria-expanded'), 'false');
  });

  await test('finds titles whatever their accents', async () => {
    await page.fill('#watched-input', 'amelie');
    matches(assert, (await texts('#watched-list li'))[0], /Amélie/);
    await page.keyboard.press('Escape');
    await page.fill('#watched-input', '');
  });

  await test('removing a chip brings the earlier ranking back', async () => {
    const with2 = await settled();
    await page.click('#watched .chip[data-title="Toy Story 2 (1999)"] .remove');
    const without = await settled();
    differs(assert, JSON.stringify(without), JSON.stringify(with2));
    assert.ok(!(await chips('watched')).includes('Toy Story 2 (1999)'));
    await page.focus('#watched-input');
    const last = (await chips('watched')).at(-1);
    await page.keyboard.press('Backspace');
    assert.ok(!(await chips('watched')).includes(last), 'Backspace removes the last chip');
    await page.keyboard.press('Escape');
  });

  await test('a title out of the vocabulary is amber, said so, and changes no number', async () => {
    const before = await settled();
    await add('watched', 'A film nobody made (2099)');
    assert.ok((await page.getAttribute('#watched .chip:last-child', 'class')).includes('unknown'));
    matches(assert, await page.textContent('#watched .chip:last-child'), /not in vocabulary/);
    matches(assert, await page.textContent('#watched-note'), /not in the vocabulary/);
    assert.equal(JSON.stringify(await settled()), JSON.stringify(before));
    await add('impressions', 'Another one (2099)');
    assert.equal((await settled()).length, before.length + 1);
    await page.click('#watched .chip:last-child .remove');
    await page.click('#impressions .chip:last-child .remove');
  });

  await test('every feature may be empty', async () => {
    for (const field of ['watched', 'impressions']) {
      while ((await chips(field)).length > 0) await page.click(`#${field} .chip .remove`);
    }
    assert.equal(await page.isVisible('#ranking-empty'), true);
    assert.equal(await page.isVisible('#neighbours-empty'), true);
    assert.equal(await page.isVisible('#error'), false, await page.textContent('#error'));
  });

  await test('a sample session sets both features, and the address brings it back', async () => {
    await page.click(await sample(SAMPLE));
    const ranked = await settled();
    const watched = await chips('watched');
    assert.ok(watched.includes('Toy Story (1995)'), watched.join());
    assert.equal(await page.getAttribute(await sample(SAMPLE), 'aria-pressed'), 'true');
    assert.equal(ranked[0].name, 'Shrek (2001)');
    const address = await page.url();
    matches(assert, address, /#w=[\d.]+&i=[\d.]+$/);
    await page.goto('about:blank');
    await page.goto(address);
    await page.waitForSelector('body.ready');
    assert.deepEqual(await chips('watched'), watched);
    assert.equal(JSON.stringify(await settled()), JSON.stringify(ranked));
  });

  await test('addresses cut short or made up do no harm', async () => {
    for (const hash of ['#w=0.999999.-1.~%E0%A4%A.x&i=', '#w=~', '#i=..5..5', '#nonsense']) {
      await page.evaluate((next) => (location.hash = next), hash);
      await settled();
      assert.equal(await page.isVisible('#error'), false, `${hash}: ${await page.textContent('#error')}`);
    }
    assert.ok((await chips('watched')).length > 0, 'an address without a session is the first sample');
  });

  await test('the nearest films of a family evening are films for families', async () => {
    await page.click(await sample(SAMPLE));
    const near = await eventually('neighbours', () => texts('#neighbours .link'), (now) => now.length === 8);
    assert.ok(near.some((title) => /Toy Story 2|Finding Nemo|Shrek|Happy Feet/.test(title)), near.join());
    await page.click('#neighbours li:first-child .link');
    assert.equal(await page.textContent('#focus-name'), near[0]);
    await page.click('#focus-watch');
    assert.ok((await chips('watched')).includes(near[0]));
  });

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

  await test('nothing scrolls sideways at 360 pixels, dark or light', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(150);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${colorScheme}: ${content} > ${window}`);
    }
    await add('watched', 'jaws');
    assert.ok((await chips('watched')).some((title) => title.startsWith('Jaws')));
  });

  await test('at 360 pixels the offers are on the screen, and buttons large enough for a finger', async () => {
    await page.click(await sample(SAMPLE));
    for (const field of ['watched', 'impressions']) {
      // The field at the lower edge, as it is when one has scrolled down to it.
      await page.evaluate((id) => document.getElementById(id).querySelector('input').scrollIntoView({ block: 'end' }), field);
      await page.fill(`#${field}-input`, 'the');
      const [top, bottom, height] = await page.evaluate((id) => {
        const { top: first, bottom: last } = document.getElementById(`${id}-list`).getBoundingClientRect();
        return [first, last, innerHeight];
      }, field);
      assert.ok(top >= 0 && bottom <= height, `${field}: ${top} to ${bottom} of ${height}`);
      await page.keyboard.press('Escape');
      await page.fill(`#${field}-input`, '');
    }
    for (const width of [360, 768, 1280]) {
      await page.setViewportSize({ width, height: 740 });
      const small = await page.evaluate(() => [...document.querySelectorAll('button')].filter((button) => button.checkVisibility()).map((button) => {
        const { width: wide, height: high } = button.getBoundingClientRect();
        return [button.className || button.parentElement.id, wide, high];
      }).filter(([, wide, high]) => wide < 24 || high < 24));
      assert.deepEqual(small, [], `${width} wide`);
    }
    await page.setViewportSize({ width: 360, height: 740 });
  });

  await test('what is written on an offer can be read, dark or light', async () => {
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme });
      await page.fill('#watched-input', 'alien or so');
      const contrasts = await page.evaluate(() => {
        const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
        const light = (...colours) => {
          for (const colour of colours) Object.assign(context, { fillStyle: colour }).fillRect(0, 0, 1, 1);
          const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map((value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
        };
        const option = document.querySelector('#watched-list .unknown[aria-selected="true"]');
        const ground = [getComputedStyle(option.parentElement).backgroundColor, getComputedStyle(option).backgroundColor];
        const muted = getComputedStyle(document.querySelector('.hint')).color;
        return [getComputedStyle(option).color, muted].map((colour) => {
          const [text, behind] = [light(colour), light(...ground)];
          return Math.max(text, behind) / Math.min(text, behind);
        });
      });
      assert.ok(contrasts.every((contrast) => contrast >= 4.5), `${colorScheme}: ${contrasts}`);
    }
    await page.keyboard.press('Escape');
    await page.fill('#watched-input', '');
  });

  await test('holds still where motion is not wanted', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.click('.sample:nth-child(3)');
    const moving = await page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === 'running').length);
    assert.equal(moving, 0);
    const now = JSON.stringify(await ranking());
    await page.waitForTimeout(500);
    assert.equal(JSON.stringify(await ranking()), now);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
  });

  await test('no complaint in the console, no breach of its policy, no request to elsewhere', async () => {
    assert.deepEqual(await page.complaints(), []);
    const requests = await page.evaluate(() => performance.getEntriesByType('resource').map((each) => each.name));
    assert.ok(requests.length > 5, requests.join());
    const { origin } = new URL(url);
    assert.deepEqual(requests.filter((each) => !each.startsWith(origin) && !each.startsWith('data:')), []);
    matches(assert, await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content'), /default-src 'none'/);
  });

  await test('a file that is missing is told in the library\'s own words', async () => {
    await page.goto(urls.withoutIndex);
    await page.waitForSelector('#error:not([hidden])', { timeout: 15000 });
    const message = await page.textContent('#error');
    matches(assert, message, /model\.ckpt/);
    matches(assert, message, /404/);
  });
}
