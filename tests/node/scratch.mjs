// A folder of a test's own, gone when the test is over.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';

/** Answers `at`, which gives the path of a file in the folder, of this content if it is given. */
export function scratch(name) {
  const folder = mkdtempSync(path.join(tmpdir(), `fcol-${name}-`));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (file, content) => {
    const at = path.join(folder, file);
    if (content !== undefined) writeFileSync(at, content);
    return at;
  };
}
