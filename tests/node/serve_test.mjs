// The server of `npm start`: what browsers need to be told of a file, and ports that others have.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { serve } from '../../scripts/serve.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'serve-'));
writeFileSync(path.join(folder, 'index.html'), '<!doctype html>');
writeFileSync(path.join(folder, 'model.ckpt.index'), new Uint8Array(407));
writeFileSync(path.join(folder, 'empty.txt'), '');
symlinkSync('/etc/hostname', path.join(folder, 'outside.txt'));
const { server, url } = await serve(folder, 0, { quiet: true });
after(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test('a file comes with its type and its length', async () => {
  for (const [name, type, length] of [['', 'text/html; charset=utf-8', 15], ['model.ckpt.index', 'application/octet-stream', 407], ['empty.txt', 'text/plain; charset=utf-8', 0]]) {
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(url + name, { method });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), type);
      assert.equal(response.headers.get('content-length'), String(length));
      assert.equal((await response.arrayBuffer()).byteLength, method === 'GET' ? length : 0);
    }
  }
});

test('what is missing, or outside of the folder, is not found', async () => {
  for (const name of ['nothing.txt', 'outside.txt', '..%2f..%2fetc%2fhostname', '%00', '%E0']) assert.equal((await fetch(url + name)).status, 404, name);
  assert.equal((await fetch(url, { method: 'POST' })).status, 405);
});

test('where a port is taken it is the next one that is free', async () => {
  const { port } = server.address();
  const next = await serve(folder, port, { quiet: true });
  try {
    assert.ok(next.server.address().port > port);
    assert.equal((await fetch(next.url)).status, 200);
  } finally {
    next.server.close();
  }
});
