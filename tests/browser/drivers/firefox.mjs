// Firefox without a head, by the protocol that geckodriver speaks to it: messages of "length:JSON" over a socket of its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { webDriverPage } from './webdriver_page.mjs';

export const name = 'Firefox';
const COMMANDS = { url: 'Navigate', execute: 'ExecuteScript', element: 'FindElement', click: 'ElementClick', actions: 'PerformActions', rect: 'SetWindowRect' };
// A free port; no pages, updates or telemetry of its own.
const PREFS = {
  'marionette.port': 0, 'app.update.disabledForTesting': true, 'browser.startup.page': 0, 'browser.shell.checkDefaultBrowser': false, 'browser.aboutwelcome.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false, 'toolkit.telemetry.reportingpolicy.firstRun': false, 'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false, 'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false,
  'extensions.update.enabled': false, 'remote.log.truncate': false, 'dom.max_script_run_time': 0,
};

const executable = () => process.env.FIREFOX_PATH ?? ['/usr/bin/firefox', '/usr/bin/firefox-esr'].find(existsSync) ?? 'firefox';

async function portOf(profile, child) {
  let failure;
  child.once('error', (error) => (failure = error));
  const file = path.join(profile, 'MarionetteActivePort');
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (failure) throw failure;
    if (child.exitCode !== null) throw new Error(`Firefox ended with exit code ${child.exitCode}`);
    const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (port > 0) return port;
  }
  throw new Error('Firefox did not open its port in a minute');
}

/** Commands, one after the other, over one socket. */
async function connection(port) {
  const socket = connect(port, '127.0.0.1');
  const waiting = new Map();
  let received = Buffer.alloc(0);
  let lastId = 0;
  const fail = (error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const take = ([, id, error, value]) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error) call?.reject(new Error(`${error.error}: ${error.message}`));
    else call?.resolve(value !== null && typeof value === 'object' && 'value' in value ? value.value : value);
  };
  await new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      for (;;) {
        const colon = received.indexOf(':');
        const end = colon + 1 + Number(received.subarray(0, Math.max(0, colon)));
        if (colon < 0 || received.length < end) return;
        const message = JSON.parse(received.subarray(colon + 1, end).toString());
        received = received.subarray(end);
        if (Array.isArray(message)) take(message);
        else resolve(); // its greeting
      }
    });
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('Firefox closed the connection')));
  return (command, params = {}) => new Promise((resolve, reject) => {
    waiting.set(++lastId, { resolve, reject });
    const text = Buffer.from(JSON.stringify([0, lastId, command, params]));
    socket.write(Buffer.concat([Buffer.from(`${text.length}:`), text]));
  });
}

export async function launch() {
  const profile = mkdtempSync(path.join(tmpdir(), 'feature-columns-firefox-'));
  writeFileSync(path.join(profile, 'user.js'), Object.entries(PREFS).map(([pref, value]) => `user_pref(${JSON.stringify(pref)}, ${JSON.stringify(value)});\n`).join(''));
  // The system's access is for the two preferences of media features below.
  const child = spawn(executable(), ['--headless', '--no-remote', '--marionette', '--remote-allow-system-access', '--profile', profile, '--width', '1280', '--height', '900'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const close = async () => {
    child.kill();
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
    child.kill('SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const send = await connection(await portOf(profile, child));
    const { capabilities } = await send('WebDriver:NewSession', { capabilities: {} });
    const command = (command, { element, ...params }) => send(`WebDriver:${COMMANDS[command]}`, element ? { id: element } : params);
    const setPreference = async (pref, value) => {
      await send('Marionette:SetContext', { value: 'chrome' });
      await send('WebDriver:ExecuteScript', { script: 'Services.prefs.setIntPref(...arguments)', args: [pref, value] });
      await send('Marionette:SetContext', { value: 'content' });
    };
    const emulateMedia = async ({ colorScheme, reducedMotion }) => {
      if (colorScheme) await setPreference('layout.css.prefers-color-scheme.content-override', colorScheme === 'dark' ? 0 : 1);
      if (reducedMotion) await setPreference('ui.prefersReducedMotion', reducedMotion === 'reduce' ? 1 : 0);
    };
    return { version: capabilities.browserVersion, newPage: async () => webDriverPage(command, { emulateMedia }), close };
  } catch (error) {
    await close();
    throw error;
  }
}
