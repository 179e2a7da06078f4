// src/base/error_codes.inc -> js/src/generated/error_codes.ts. `--check` writes nothing and fails if the file is not up to date.
import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './toolchain.mjs';

const source = path.join(root, 'src/base/error_codes.inc');
const target = path.join(root, 'js/src/generated/error_codes.ts');

const lines = readFileSync(source, 'utf8').split('\n').filter((line) => line.startsWith('FCOL_ERROR('));
const codes = lines.map((line) => {
  const found = /^FCOL_ERROR\(\w+, "(\w+)", "(.*)"\)$/.exec(line);
  if (!found) throw new Error(`${source}: this line is not FCOL_ERROR(Name, "code", "meaning"): ${line}`);
  return { code: found[1], meaning: found[2].replaceAll('\\"', '"').replaceAll('\\\\', '\\') };
});
if (new Set(codes.map(({ code }) => code)).size !== codes.length) throw new Error(`${source}: a code stands there twice`);

const text = `// Made by scripts/generate-codes.mjs from src/base/error_codes.inc; change it there.

/**
 * What went wrong, for programs:
 *
${codes.map(({ code, meaning }) => ` * - \`${code}\`: ${meaning}`).join('\n')}
 */
export type ErrorCode =
${codes.map(({ code }) => `  | '${code}'`).join('\n')};
`;

if (process.argv.includes('--check')) {
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    console.error(`${path.relative(root, target)} is not what ${path.relative(root, source)} says: run node scripts/generate-codes.mjs`);
    process.exit(1);
  }
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}
