// WebKit as GTK has it: its WebDriver over HTTP, with a screen of Xvfb's where there is none.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { webDriverPage } from './webdriver_page.mjs';

export const name = 'WebKit';

/** The browser that comes with the library: /usr/lib/<architecture>/webkit2gtk-4.1/MiniBrowser. */
function miniBrowser() {
  const folders = readdirSync('/usr/lib', { withFileTypes: true }).filter((each) => each.isDirectory() && each.name.includes('-linux-gnu')).map((each) => path.join('/usr/lib', each.name));
  return folders.flatMap((folder) => ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'].map((version) => path.join(folder, version, 'MiniBrowser'))).find(existsSync);
}

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** A screen that nobody sees; answers its name once it is there. */
async function startScreen(children) {
  const child = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(`:${String(text).trim()}`));
    child.once('error', reject).once('exit', (code) => reject(new Error(`Xvfb ended with exit code ${code}`)));
  });
}

export async function launch() {
  const children = [];
  const end = async () => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
      child.kill('SIGKILL');
    }
  };
  try {
    const binary = miniBrowser();
    if (!binary) throw new Error('its library has no MiniBrowser');
    const DISPLAY = process.env.DISPLAY || (await startScreen(children));
    const port = await freePort();
    // No graphics card, no sound, no services of a desktop.
    const env = { ...process.env, DISPLAY, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1', NO_AT_BRIDGE: '1', GIO_USE_VFS: 'local', GSETTINGS_BACKEND: 'memory' };
    children.push(spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { stdio: 'ignore', env }).on('error', () => {})); // then nobody listens
    const send = async (method, url, body) => {
      const response = await fetch(`http://127.0.0.1:${port}${url}`, { method, ...(body && { body: JSON.stringify(body) }) });
      const { value } = await response.json();
      if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
      return value;
    };
    const alwaysMatch = { timeouts: { script: 600_000 }, 'webkitgtk:browserOptions': { binary, args: ['--automation'] } };
    const started = async (tries) => {
      try {
        return await send('POST', '/session', { capabilities: { alwaysMatch } });
      } catch (error) {
        if (tries === 0 || !/fetch failed/.test(error.message)) throw error; // not listening yet
        await new Promise((resolve) => setTimeout(resolve, 100));
        return started(tries - 1);
      }
    };
    const { sessionId, capabilities } = await started(100);
    const at = `/session/${sessionId}`;
    const COMMANDS = { url: '/url', execute: '/execute/sync', element: '/element', actions: '/actions', rect: '/window/rect' };
    const command = (command, { element, ...params }) => send('POST', element ? `${at}/element/${element}/click` : at + COMMANDS[command], params);
    return {
      version: capabilities.browserVersion,
      newPage: async () => webDriverPage(command),
      close: async () => {
        await send('DELETE', at).catch(() => {});
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}
