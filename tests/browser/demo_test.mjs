// The demo page, worked as a person does, on a wide screen and a narrow one. Each part goes on where the one before it stopped.
import { pointingTests } from './demo_pointing_test.mjs';
import { screenTests } from './demo_screen_test.mjs';
import { sessionTests } from './demo_session_test.mjs';
import { visitOf } from './demo_visit.mjs';

/**
 * Runs every check with `test(name, run)`. `page` is a fresh page of a driver; `urls` has the folder that holds the demo, and one
 * where a file of it is missing.
 */
export async function demoTests(page, urls, test, assert) {
  page.setDefaultTimeout(5000);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(urls.whole);
  const visit = visitOf(page);
  await sessionTests(visit, urls, test, assert);
  await pointingTests(visit, test, assert);
  await screenTests(visit, urls, test, assert);
}
