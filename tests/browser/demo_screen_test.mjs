// The demo page on screens of every width, dark and light; without motion, without a file, and without a complaint.
import { SAMPLE, matches } from './demo_visit.mjs';

export async function screenTests({ page, ranking, chips, pixels, sample, add }, urls, test, assert) {
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
      // What comes in grows to its size: it is measured when it is there.
      await page.evaluate(() => Promise.allSettled(document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity).map(({ finished }) => finished)).then(() => {}));
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
    const { origin } = new URL(urls.whole);
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
