// A page over WebDriver's commands, with the names that playwright has for the same: as many as the tests use.

/** What this browser, or its driver, cannot do: the test is skipped. */
export class Unsupported extends Error {}

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const KEYS = { Enter: '\uE007', Escape: '\uE00C', Backspace: '\uE003', ArrowDown: '\uE015', ArrowUp: '\uE013' };
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** `command(name, params)` sends a command of WebDriver: `url`, `execute`, `element`, `click`, `actions`, `rect`. */
export function webDriverPage(command, { emulateMedia } = {}) {
  let limit = 30_000;
  const seen = [];
  const evaluate = (work, input) => command('execute', { script: `return (${work}).apply(null, arguments)`, args: [input ?? null] });

  /** Repeats `read` until it gives something true. */
  async function until(what, read, timeout = limit) {
    for (const end = Date.now() + timeout; ; await sleep(50)) {
      const value = await read();
      if (value) return value;
      if (Date.now() > end) throw new Error(`${what}: nothing after ${timeout} ms`);
    }
  }

  const one = (selector, work, input) => until(selector, async () => {
    const found = await evaluate(`(input) => { const found = document.querySelector(${JSON.stringify(selector)}); return found && [(${work})(found, input)]; }`, input);
    return found;
  }).then(([value]) => value);

  const keep = async () => seen.push(...((await evaluate(() => globalThis.complaints)) ?? []));
  const keys = async (values) => command('actions', {
    actions: [{ type: 'key', id: 'keyboard', actions: values.flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]) }],
  });

  return {
    setDefaultTimeout: (milliseconds) => (limit = milliseconds),
    goto: async (url) => {
      await keep();
      await command('url', { url });
    },
    url: () => evaluate(() => location.href),
    evaluate,
    waitForFunction: (work, input, { timeout = limit } = {}) => until(String(work), () => evaluate(work, input), timeout),
    waitForSelector: (selector, { timeout = limit } = {}) => until(selector, () => evaluate((wanted) => document.querySelector(wanted)?.checkVisibility(), selector), timeout),
    waitForTimeout: sleep,
    textContent: (selector) => one(selector, (found) => found.textContent),
    getAttribute: (selector, name) => one(selector, (found, wanted) => found.getAttribute(wanted), name),
    isVisible: (selector) => evaluate((wanted) => document.querySelector(wanted)?.checkVisibility() ?? false, selector),
    locator: (selector) => ({
      allTextContents: () => evaluate((wanted) => Array.from(document.querySelectorAll(wanted), (each) => each.textContent), selector),
      count: () => evaluate((wanted) => document.querySelectorAll(wanted).length, selector),
    }),
    focus: (selector) => one(selector, (found) => found.focus()),
    fill: (selector, text) => one(selector, (found, value) => {
      found.focus();
      found.value = value;
      found.dispatchEvent(new Event('input', { bubbles: true }));
    }, text),
    click: async (selector) => {
      await until(selector, () => evaluate((wanted) => document.querySelector(wanted) !== null, selector));
      const { [ELEMENT]: element } = await command('element', { using: 'css selector', value: selector });
      await command('click', { element });
    },
    keyboard: { press: (name) => keys([KEYS[name]]), type: (text) => keys([...text]) },
    setViewportSize: async ({ width, height }) => {
      const sizes = () => evaluate(() => [innerWidth, innerHeight, outerWidth, outerHeight]);
      const [innerWide, innerHigh, outerWide, outerHigh] = await sizes();
      await command('rect', { width: width + outerWide - innerWide, height: height + outerHigh - innerHigh });
      const deadline = Date.now() + 1000;
      for (let [now] = await sizes(); now !== width; [now] = await sizes()) {
        if (Date.now() > deadline) throw new Unsupported(`its windows are ${now} pixels wide, not ${width}`);
        await sleep(50);
      }
    },
    emulateMedia: async (features) => {
      if (!emulateMedia) throw new Unsupported('its driver sets no media features');
      await emulateMedia(features);
    },
    complaints: async () => {
      await keep();
      await evaluate(() => void (globalThis.complaints = []));
      return seen;
    },
    close: async () => {},
  };
}
