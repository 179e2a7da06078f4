// A static server for looking at a built folder: no caching, right MIME types, nothing outside the folder.
import { once } from 'node:events';
import { createReadStream, promises as fs } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8', '.json': 'application/json; charset=utf-8', '.ndjson': 'application/x-ndjson; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8', '.md': 'text/plain; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png', '.wasm': 'application/wasm',
};

const PORTS = 20; // how many are tried

/** The file that `url` names inside `folder`, both with symbolic links resolved, and its size; undefined where there is none. */
async function fileFor(folder, url) {
  try {
    const wanted = path.join(folder, decodeURIComponent(new URL(url, 'http://localhost').pathname));
    let file = await fs.realpath(wanted);
    if (file !== folder && !file.startsWith(folder + path.sep)) return undefined;
    if ((await fs.stat(file)).isDirectory()) file = path.join(file, 'index.html');
    const stat = await fs.stat(file);
    return stat.isFile() ? { file, size: stat.size } : undefined;
  } catch {
    return undefined; // malformed escapes, NUL bytes, missing files
  }
}

/** Listens on `port`, or on the next one that is free. */
async function listen(server, port) {
  for (let tried = 1; ; ++tried, ++port) {
    server.listen(port, '127.0.0.1');
    try {
      return await once(server, 'listening');
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || tried === PORTS) throw error;
    }
  }
}

/** Serves `folder` on `port` (0: any free one; the next one where it is taken) of this machine only, with more `headers`; prints the address and answers `{server, url}`. */
export async function serve(folder, port = 8080, { quiet = false, headers = {} } = {}) {
  const base = await fs.realpath(folder);
  const server = createServer(async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return response.writeHead(405, { allow: 'GET, HEAD' }).end();
    const found = await fileFor(base, request.url ?? '/');
    if (found === undefined) return response.writeHead(404, { 'content-type': TYPES['.txt'] }).end('not found\n');
    const { file, size } = found;
    // With its length: who has read that much knows that it was all, where else the end of the connection would have to tell.
    response.writeHead(200, {
      'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream', 'content-length': size,
      'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers,
    });
    if (request.method === 'HEAD') return response.end();
    return createReadStream(file).on('error', () => response.destroy()).pipe(response);
  });
  await listen(server, port);
  const own = server.address().port;
  const url = `http://localhost:${own}/`;
  if (!quiet && port !== 0 && own !== port) console.log(`port ${port} is in use, this is the next one that is free; PORT=9000 npm start asks for another`);
  if (!quiet) console.log(`${url} serves ${path.relative(process.cwd(), base) || '.'}`);
  return { server, url };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(process.argv[2] ?? '.', Number(process.argv[3] ?? 8080));
