// Splits the linked module into the core, which every page loads, and parts that few need (wasm/parts.mjs): binaryen's wasm-split moves
// the functions, this file decides which, and moves the constants that only they use.
//
// A function of a part that the core calls becomes a slot of the table, which holds nothing that can be called until the part is there:
// js/src/runtime/module_parts.ts brings it beforehand. What a part calls of the core is in the table too, and imported by its number: an
// export each would cost every page the object that JavaScript has for a function, 6 ms of a start for all of them.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assignData, joined, LITERALS, textsRead } from './split/assign_data.mjs';
import { assignFunctions, undeclaredCalls } from './split/assign_functions.mjs';
import { binaryen } from './split/binaryen.mjs';
import { ModuleText } from './split/module_text.mjs';

// What emcc exports for its own JavaScript, and what nobody reads without exceptions and dynamic_cast.
const UNUSED_EXPORTS = /^ \(export "[^"]*" \(func \$(__getTypeName|__embind_register_native_and_builtin_types)\)/;
const TYPE_INFORMATION = /_ZT[IS]|_ZTVN10__cxxabiv1/;

/** Makes the functions that parts `need` slots of the core's table. Answers what they import these by: their slots; `%0` and so on of globals. */
function callByTable(core, parts, needed) {
  const placeholders = core.dropImports(parts);
  const elements = core.elements().map((name) => (placeholders.has(name) ? undefined : name));
  const functions = core.exportedFunctions();
  const names = new Map();
  const others = new Map(); // what is no function: globals
  for (const name of [...needed].sort()) {
    const own = functions.get(name);
    if (own === undefined) {
      others.set(name, `%${others.size}`);
      continue;
    }
    if (!elements.includes(own)) elements.push(own);
    names.set(name, String(elements.indexOf(own)));
  }
  core.dropExports(names);
  core.rename('export', others);
  core.setElements(elements);
  core.table = `${elements.length} ${elements.length}`;
  return new Map([...names, ...others]);
}

/** Functions of up to six instructions are no longer in line than called, and a call of a layer goes through hundreds. */
const SHORT_IN_LINE = '--always-inline-max-function-size=6';

/** Puts these in line before the cut too: what a part calls of the core stays in the core as a function, and is called by the table. */
function withShortInLine(text, file) {
  text.write(file, '-g');
  binaryen('wasm-opt', '-g', file, '--inlining-optimizing', SHORT_IN_LINE, '--flexible-inline-max-function-size=0', '--one-caller-inline-max-function-size=0', '-o', file);
  const shorter = ModuleText.of(file);
  shorter.dropUnreached();
  return shorter;
}

/**
 * Writes `<folder>/core.wasm`, one file for each part, and `whole.wasm`, which needs none. `whole` has names and a segment for each constant.
 * Each file tells in a section "build" of which build it is, the core in a section "parts" what has been cut off.
 */
export function splitWasm(whole, { parts, coreCalls }, folder) {
  mkdirSync(folder, { recursive: true });
  const at = (name) => path.join(folder, `${name}.wasm`);
  let text = ModuleText.of(whole);
  text.lines = text.lines.filter((line) => !UNUSED_EXPORTS.test(line));
  text.dropUnreached();
  const host = text.hostNames();
  text.rename('export', host.exports);
  text.rename('import', host.imports, 'a');
  const all = text.data().filter(({ name }) => !TYPE_INFORMATION.test(name));
  const dropped = text.dropTypes(all);
  const segments = all.filter(({ name, address }) => !(LITERALS.test(name) && dropped.has(address)));
  const classes = text.classes();
  text.setData(joined(segments, () => true));
  const build = createHash('sha256').update(readFileSync(whole)).digest().subarray(0, 8);
  write(text, at('whole'), { build });

  text = withShortInLine(text, at('inlined'));
  const partOf = text.copyShared(assignFunctions(text.functions(), text.entries(), parts, classes));
  const functions = text.functions();
  const undeclared = undeclaredCalls(functions, partOf, parts, coreCalls);
  if (undeclared.length > 0) throw new Error(`wasm/parts.mjs does not say that\n${undeclared.join('\n')}`);
  const texts = parts.find((part) => part.texts)?.name;
  const partOfData = assignData(segments, functions, partOf, texts);
  const readers = textsRead(segments, functions, partOf, partOfData, texts);
  if (readers.length > 0) throw new Error(`these read texts of messages by themselves, which the part ${texts} may not have brought yet: ${readers.join(', ')}`);

  let rest = at('copied');
  text.write(rest, '-g');
  for (const { name } of parts) {
    const list = path.join(folder, `${name}.txt`);
    writeFileSync(list, [...partOf].filter(([, part]) => part === name).map(([each]) => each).join('\n'));
    const primary = at(`without-${name}`);
    binaryen('wasm-split', '-g', rest, `--split-funcs=@${list}`, '-o1', primary, '-o2', at(name), '--import-namespace=core', `--placeholder-namespace=${name}`);
    rest = primary;
  }

  const core = ModuleText.of(rest);
  const partTexts = parts.map(({ name }) => ModuleText.of(at(name)));
  const original = new Set(text.exports());
  const names = callByTable(core, new Set(parts.map(({ name }) => name)), new Set(partTexts.flatMap((part) => part.imports('core')).filter((name) => !original.has(name))));
  core.setData(joined(segments, ({ address }) => !partOfData.has(address)));
  write(core, at('core'), { build, parts: parts.map(({ name }) => name).join() });
  partTexts.forEach((part, index) => {
    const { name } = parts[index];
    part.rename('import', names, 'core');
    part.sort(/^ \(import "core" "\d/, (line) => Number(/"(\d+)"/.exec(line)[1])); // numbers that rise compress best
    part.table = core.table;
    part.setData(joined(segments, ({ address }) => partOfData.get(address) === name));
    write(part, at(name), { build });
  });
}

function write(text, file, sections) {
  text.write(file);
  // Twice: functions that are called as often as each other are put in the order of their names, and without names in that of the file.
  binaryen('wasm-opt', file, '--strip-debug', '--strip-producers', '-o', file);
  binaryen('wasm-opt', file, '-Oz', '--converge', '--low-memory-unused', SHORT_IN_LINE, '-o', file);
  for (const [name, value] of Object.entries(sections)) {
    const section = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from(value)]);
    appendFileSync(file, Buffer.concat([Buffer.from([0, section.length]), section])); // a custom section
  }
}
