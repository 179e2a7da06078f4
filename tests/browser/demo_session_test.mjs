// A session on the demo page: films are chosen and taken out, mistyped, followed by links, and its numbers are TensorFlow's.
import { brotli } from '../../scripts/sizes.mjs';
import { SAMPLE, differs, eventually, matches } from './demo_visit.mjs';

export async function sessionTests({ page, texts, ranking, settled, chips, pixels, sample, add }, urls, test, assert) {
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
    const scripts = requests.filter((each) => each.startsWith(urls.whole) && each.endsWith('.js'));
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
}
