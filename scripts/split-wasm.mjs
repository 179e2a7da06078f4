// Splits the linked module into the core, which every page loads, and parts that few need (wasm/parts.mjs): binaryen's wasm-split moves
// the functions, this file decides which, and moves the constants that only they use.
//
// A function of a part that the core calls becomes a slot of the table, which holds nothing that can be called until the part is there:
// js/src/runtime/module_parts.ts brings it beforehand. What a part calls of the core is in the table too, and imported by its number: an
// export each would cost every page the object that JavaScript has for a function, 6 ms of a start for all of them.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HOST_EXPORTS, HOST_IMPORTS } from '../wasm/host_names.mjs';

const NAME = String.raw`\$("[^"]*"|[^\s()]+)`;
/** The first line of a function, and its last. */
const BEGIN = new RegExp(`^ \\(func ${NAME}`);
const END = ' )';
const FEATURES = ['--enable-simd', '--enable-bulk-memory', '--enable-mutable-globals', '--enable-sign-ext', '--enable-nontrapping-float-to-int'];

let toolFolder;

/** binaryen's tools, of the emscripten that has linked the module: with an emsdk they are not on the path. */
function binaryen(tool, ...args) {
  toolFolder ??= path.join(execFileSync('em-config', ['BINARYEN_ROOT'], { encoding: 'utf8' }).trim(), 'bin');
  return execFileSync(path.join(toolFolder, tool), [...FEATURES, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });
}

/** A module as text, by its top-level items. */
export class ModuleText {
  constructor(text) {
    this.lines = text.split('\n');
  }

  static of(file) {
    return new ModuleText(binaryen('wasm-dis', file));
  }

  write(file, ...options) {
    writeFileSync(`${file}.wat`, this.lines.join('\n'));
    binaryen('wasm-as', `${file}.wat`, '-o', file, ...options);
  }

  /** [{name, calls, constants, loads}] of its functions. `constants`: every 32 bits that could be an address; `loads`: the addresses that are read as they stand. */
  functions() {
    const functions = [];
    let current;
    const call = new RegExp(`\\((?:call|return_call|ref\\.func) ${NAME}`, 'g');
    let offset; // of a load, whose address is on the next line
    for (const line of this.lines) {
      const begun = BEGIN.exec(line);
      if (begun) functions.push((current = { name: begun[1], calls: new Set(), constants: new Set(), loads: new Set() }));
      if (!current) continue;
      for (const [, name] of line.matchAll(call)) current.calls.add(name);
      for (const [, type, values] of line.matchAll(/\((i32|i64|v128)\.const ([^)]*)\)/g)) for (const address of addressesOf(type, values)) current.constants.add(address);
      for (const [, offset] of line.matchAll(/ offset=(\d+)/g)) current.constants.add(Number(offset));
      const address = /^ *\(i32\.const (\d+)\)$/.exec(line)?.[1];
      if (offset !== undefined && address !== undefined) current.loads.add(offset + Number(address));
      offset = /\.load/.test(line) ? Number(/ offset=(\d+)/.exec(line)?.[1] ?? 0) : undefined;
      if (line === END) current = undefined;
    }
    return functions;
  }

  /** Puts in place of each function the lines that `change` answers for its name and its lines. */
  mapFunctions(change) {
    let current = [];
    this.lines = this.lines.flatMap((line) => {
      if (current.length === 0 && !BEGIN.test(line)) return [line];
      current.push(line);
      if (line !== END) return [];
      const lines = current;
      current = [];
      return change(BEGIN.exec(lines[0])[1], lines);
    });
  }

  /** Takes out functions that nothing reaches. */
  dropUnreached() {
    const calls = new Map(this.functions().map((each) => [each.name, each.calls]));
    const reached = new Set(this.entries());
    for (const name of reached) for (const called of calls.get(name) ?? []) reached.add(called);
    this.mapFunctions((name, lines) => (reached.has(name) ? lines : []));
  }

  /**
   * Takes out Embind's registrations of types that no binding takes or gives, whose lists of types are data: it has all of C++. Answers
   * the addresses that only these had.
   */
  dropTypes(segments) {
    const listed = new Set(segments.flatMap((segment) => [...wordsOf(segment)]));
    const kept = [], dropped = [];
    for (let i = 0; i < this.lines.length; ++i) {
      const end = /^ +\(call \$(?:legal(?:import|func)\$)?_embind_register_(?!function)\w+$/.test(this.lines[i]) ? this.lines.indexOf(')'.padStart(this.lines[i].indexOf('(') + 1), i) : i;
      const values = this.lines.slice(i + 1, end).map((line) => Number(/^ +\(i(?:32|64)\.const (-?\d+)\)$/.exec(line)?.[1]));
      if (end === i || values.some(Number.isNaN) || listed.has(values[0] >>> 0)) kept.push(this.lines[i]);
      else {
        dropped.push(...values.map((value) => value >>> 0));
        i = end;
      }
    }
    this.lines = kept;
    const used = new Set(this.functions().flatMap(({ constants }) => [...constants]));
    return new Set(dropped.filter((address) => !used.has(address)));
  }

  /** Replaces each function of several parts by a copy for each, which only that part calls. `partsOf`: assignFunctions. Answers name -> part. */
  copyShared(partsOf) {
    const partOf = new Map();
    const names = new RegExp(`(?<=\\((?:func|call|return_call|ref\\.func) )${NAME}`, 'g');
    this.mapFunctions((name, lines) => {
      const parts = partsOf.get(name);
      if (!parts) return lines;
      return parts.flatMap((part) => {
        const own = (each) => (partsOf.get(each)?.length > 1 ? `${each}.${part}` : each);
        partOf.set(own(name), part);
        return lines.map((each) => each.replace(names, (_, called) => `$${own(called)}`));
      });
    });
    return partOf;
  }

  /** Names of the functions that are exported or in the table: what is reached from outside, or by address. */
  entries() {
    const names = new Set();
    for (const line of this.lines) {
      if (/^ \(elem /.test(line)) for (const [, name] of line.replace(/^ \(elem (\$\S+ )?/, '').matchAll(new RegExp(NAME, 'g'))) names.add(name);
      const exported = new RegExp(`^ \\(export "[^"]*" \\(func ${NAME}\\)\\)`).exec(line);
      if (exported) names.add(exported[1]);
      const started = new RegExp(`^ \\(start ${NAME}\\)`).exec(line);
      if (started) names.add(started[1]);
    }
    return names;
  }

  /** name of a function -> names of the classes that have it in their table of virtual functions, mangled. */
  classes() {
    const classes = new Map();
    const table = this.elements();
    for (const segment of this.data()) {
      const of = /_ZTV(\w+)/.exec(segment.name)?.[1];
      if (of) for (const slot of wordsOf(segment)) if (table[slot]) classes.set(table[slot], [...(classes.get(table[slot]) ?? []), of]);
    }
    return classes;
  }

  /** [{name, address, bytes}] of its data segments. */
  data() {
    return this.lines.flatMap((line) => {
      const match = /^ \(data (?:\$("[^"]*"|\S+) )?\(i32\.const (\d+)\) "(.*)"\)$/.exec(line);
      return match ? [{ name: match[1] ?? '', address: Number(match[2]), bytes: bytesOfLiteral(match[3]) }] : [];
    });
  }

  /** Replaces all data segments. */
  setData(segments) {
    const first = this.lines.findIndex((line) => /^ \(data /.test(line));
    const kept = this.lines.filter((line) => !/^ \(data /.test(line));
    const at = first >= 0 ? first : kept.findIndex((line) => /^ \(func /.test(line));
    kept.splice(at, 0, ...segments.map(({ address, bytes }) => ` (data (i32.const ${address}) "${literalOfBytes(bytes)}")`));
    this.lines = kept;
  }

  /** Renames what it exports, or imports from `module`. */
  rename(kind, names, module = '') {
    const pattern = kind === 'export' ? /^( \(export )"([^"]*)"/ : new RegExp(`^( \\(import "${module}" )"([^"]*)"`);
    this.lines = this.lines.map((line) => line.replace(pattern, (item, head, name) => (names.has(name) ? `${head}"${names.get(name)}"` : item)));
  }

  /** The names of its imports and exports as js/src/runtime/embind.ts has them, by emscripten's. */
  hostNames() {
    const imports = this.lines.flatMap((line) => {
      const match = new RegExp(`^ \\(import "a" "([^"]*)" \\(func \\$(?:legalimport\\$)?(\\w+)`).exec(line);
      if (match && !HOST_IMPORTS[match[2]]) throw new Error(`wasm/host_names.mjs and js/src/runtime/embind.ts do not know ${match[2]}, which the module imports`);
      return match ? [[match[1], HOST_IMPORTS[match[2]]]] : [];
    });
    const exports = this.lines.flatMap((line) => {
      const [, name, kind, of] = /^ \(export "([^"]*)" \((\w+) \$(\w+)/.exec(line) ?? [];
      const known = HOST_EXPORTS[kind === 'func' ? of : kind];
      return known ? [[name, known]] : [];
    });
    const missing = Object.values(HOST_EXPORTS).filter((known) => !exports.some(([, name]) => name === known));
    if (missing.length > 0) throw new Error(`the module does not export ${missing.join(', ')}`);
    return { imports: new Map(imports), exports: new Map(exports) };
  }

  /** The size of its table, of its own or imported. */
  get table() {
    return this.lines.map((line) => /\(table \S+ (\d+ \d+) funcref/.exec(line)?.[1]).find(Boolean);
  }

  /** Each cut makes the table longer; what was cut before still asks for the shorter one. */
  set table(size) {
    this.lines = this.lines.map((line) => line.replace(/(\(table \S+) \d+ \d+ (funcref)/, `$1 ${size} $2`));
  }

  imports(module) {
    return this.lines.flatMap((line) => new RegExp(`^ \\(import "${module}" "([^"]*)"`).exec(line)?.[1] ?? []);
  }

  /** Puts those of its lines that are of a kind in the order of a number that `rank` gives for each. */
  sort(kind, rank) {
    const sorted = this.lines.filter((line) => kind.test(line)).sort((a, b) => rank(a) - rank(b));
    this.lines = this.lines.map((line) => (kind.test(line) ? sorted.shift() : line));
  }

  exports() {
    return this.lines.flatMap((line) => /^ \(export "([^"]*)"/.exec(line)?.[1] ?? []);
  }

  /** name of an export -> name of its function. */
  exportedFunctions() {
    return new Map(this.lines.flatMap((line) => {
      const match = new RegExp(`^ \\(export "([^"]*)" \\(func ${NAME}\\)\\)`).exec(line);
      return match ? [[match[1], match[2]]] : [];
    }));
  }

  /** Takes out what it imports from these modules. Answers the names of these functions. */
  dropImports(modules) {
    const dropped = new Set();
    this.lines = this.lines.filter((line) => {
      const match = new RegExp(`^ \\(import "([^"]*)" "[^"]*" \\(func ${NAME}`).exec(line);
      if (!match || !modules.has(match[1])) return true;
      dropped.add(match[2]);
      return false;
    });
    return dropped;
  }

  dropExports(names) {
    this.lines = this.lines.filter((line) => !names.has(/^ \(export "([^"]*)"/.exec(line)?.[1]));
  }

  /** What is in its table, by slot. */
  elements() {
    const elements = [];
    for (const line of this.lines) {
      const match = /^ \(elem (?:\$\S+ )?\(i32\.const (\d+)\) (.*)\)$/.exec(line);
      if (match) [...match[2].matchAll(new RegExp(NAME, 'g'))].forEach(([, name], i) => (elements[Number(match[1]) + i] = name));
    }
    return elements;
  }

  /** Replaces what is in the table; a slot without a function gets `$empty`, which traps, and is of a type that no call has. */
  setElements(elements) {
    const empty = ' (func $empty (param f32 i64 f32 i64 f32) (unreachable))';
    const items = Array.from({ length: elements.length - 1 }, (_, i) => `$${elements[i + 1] ?? 'empty'}`); // slot 0 is the null pointer's
    const first = this.lines.findIndex((line) => /^ \(elem /.test(line));
    const kept = this.lines.filter((line) => !/^ \(elem /.test(line));
    kept.splice(first, 0, ` (elem (i32.const 1) ${items.join(' ')})`, empty);
    this.lines = kept;
  }
}

/** The 32-bit words of a constant: two addresses may be stored as one i64. */
function addressesOf(type, values) {
  if (type === 'i32') return [Number(values) >>> 0];
  if (type === 'i64') {
    const bits = BigInt.asUintN(64, BigInt(values));
    return [Number(bits & 0xffffffffn), Number(bits >> 32n)];
  }
  return values.replace(/^i32x4/, '').trim().split(/\s+/).map((value) => Number(value) >>> 0);
}

/** The aligned words of a segment. Zeros at either end are no bytes of it: the first and the last word may lie in it in part. */
function wordsOf({ address, bytes }) {
  const before = address % 4;
  const words = new Uint8Array(Math.ceil((before + bytes.length) / 4) * 4);
  words.set(bytes, before);
  return new Uint32Array(words.buffer);
}

function bytesOfLiteral(text) {
  const bytes = [];
  const escapes = { t: 9, n: 10, r: 13, '"': 34, "'": 39, '\\': 92 };
  for (let i = 0; i < text.length; ++i) {
    if (text[i] !== '\\') bytes.push(...Buffer.from(text[i]));
    else if (text[i + 1] in escapes) bytes.push(escapes[text[++i]]);
    else bytes.push(parseInt(text.slice(i + 1, (i += 2) + 1), 16));
  }
  return Uint8Array.from(bytes);
}

const literalOfBytes = (bytes) => [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f && byte !== 34 && byte !== 92 ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0')}`)).join('');

/** name of a function -> names of its parts, for all that are not of the core: of what several parts use and the core does not, each has a copy. */
export function assignFunctions(functions, entries, parts, classes = new Map()) {
  const byName = new Map(functions.map((each) => [each.name, each]));
  // Functions that came out the same have become one, with the name of any of them: what has the name of a part's class and is in the
  // table of a class of the core is the core's.
  const partNamed = (name) => parts.find(({ functions: patterns }) => patterns.some((pattern) => pattern.test(name) && (!pattern.ofClass || (classes.get(name) ?? []).every((of) => patterns.some((each) => each.test(`_Z${of}`))))))?.name;
  const own = new Map(functions.map(({ name }) => [name, partNamed(name)]));
  // What is reached from `roots` without going into what was assigned.
  const reach = (roots) => {
    const reached = new Set();
    const pending = roots.filter((name) => byName.has(name));
    while (pending.length > 0) {
      const name = pending.pop();
      if (reached.has(name)) continue;
      reached.add(name);
      for (const callee of byName.get(name).calls) if (byName.has(callee) && own.get(callee) === undefined) pending.push(callee);
    }
    return reached;
  };
  const core = reach([...entries].filter((name) => own.get(name) === undefined));
  const users = new Map();
  for (const part of parts) {
    for (const name of reach([...own].filter(([, of]) => of === part.name).map(([name]) => name))) {
      if (!core.has(name)) users.set(name, [...(users.get(name) ?? []), part.name]);
    }
  }
  return users;
}

/** Who calls whom without having said so (`{part, by}`: only functions of such names may): a page would be held up, where it calls, by a request that blocks. */
export function undeclaredCalls(functions, partOf, parts, coreCalls) {
  const allowed = new Map([['core', coreCalls], ...parts.map(({ name, calls = [] }) => [name, calls])]);
  return functions.flatMap(({ name, calls }) => {
    const from = partOf.get(name) ?? 'core';
    const isAllowed = (part) => allowed.get(from).some((each) => each === part || (each.part === part && each.by.test(name)));
    return [...calls].filter((callee) => partOf.has(callee) && partOf.get(callee) !== from && !isAllowed(partOf.get(callee))).map((callee) => `${from}: ${name} calls ${callee} of ${partOf.get(callee)}`);
  });
}

/** Who reads a text of messages without going by what writes messages: it is not there before. */
export function textsRead(segments, functions, partOf, partOfData, texts) {
  const within = (address) => segments.some((each) => partOfData.get(each.address) === texts && address >= each.address && address < each.address + each.bytes.length);
  return functions.filter(({ name, loads }) => partOf.get(name) !== texts && [...loads].some(within)).map(({ name }) => name);
}

// What emcc exports for its own JavaScript, and what nobody reads without exceptions and dynamic_cast.
const UNUSED_EXPORTS = /^ \(export "[^"]*" \(func \$(__getTypeName|__embind_register_native_and_builtin_types)\)/;
const TYPE_INFORMATION = /_ZT[IS]|_ZTVN10__cxxabiv1/;

// Constants that are only ever reached by the address of their first byte: literals, tables of virtual functions.
const LITERALS = /^\.(ro)?data\S*(\.L\.str|_ZTV)/;
// Arrays: of fcol by their names, lists in braces, and the C library's tables of polynomials. These may be reached by where they end, too.
const ARRAYS = /^\.(ro)?data\S*(_ZZ?N4fcol\S*k[A-Z]|\.L__const\.|\.Lconstinit|\.Lswitch\.table|\.__exp_data|\.__logf?_data|\.__pow_log_data)/;

/** A constant with zeros in the middle is several segments, `name` and `name.1`: who uses one may reach the others. Literals have none. */
const isPiece = ({ name }, head) => !/\.L\.str/.test(name) && name.startsWith(head.name) && /^\.\d+$/.test(name.slice(head.name.length));

/** Words of a message: identifiers, and whatever the core compares or writes itself, have no spaces between them. */
const isText = ({ name, bytes }) => /\.L\.str/.test(name) && /\S \S|^ \S|\S $/.test(Buffer.from(bytes).toString('latin1'));

/** address of a segment -> name of its part, for those that only that part uses. Texts of the core, or of several parts, are of the part `texts`. */
export function assignData(segments, functions, partOf, texts) {
  const sorted = [...segments].sort((a, b) => a.address - b.address);
  const movable = sorted.filter(({ name }) => LITERALS.test(name) || ARRAYS.test(name));
  const users = new Map(movable.map((segment) => [segment, new Set()]));
  // Zeros at the beginning of a constant are no bytes of its segment: an address between two segments may be of the one behind it.
  const segmentsAt = (address) => {
    let low = 0, high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle].address <= address) low = middle + 1;
      else high = middle;
    }
    // Small numbers lie before all constants, the first of which begins a line of memory where no zeros have been taken off it.
    if (low === 0 && sorted[0]?.address % 64 === 0) return [];
    const before = sorted[low - 1];
    const end = before ? before.address + before.bytes.length : -1;
    const found = address < end ? [before] : [...(address === end && ARRAYS.test(before.name) ? [before] : []), sorted[low]];
    return found.filter((segment) => users.has(segment));
  };
  for (const { name, constants } of functions) for (const address of constants) for (const segment of segmentsAt(address)) users.get(segment).add(partOf.get(name) ?? 'core');
  const pointers = (segment) => [...wordsOf(segment)].flatMap(segmentsAt);
  for (const segment of segments) if (!users.has(segment)) for (const target of pointers(segment)) users.get(target).add('core');
  let head;
  for (const segment of movable) {
    if (!head || !isPiece(segment, head)) head = segment;
    else {
      for (const user of users.get(segment)) users.get(head).add(user);
      users.set(segment, users.get(head));
    }
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const segment of movable) {
      for (const target of pointers(segment)) {
        for (const user of users.get(segment)) {
          changed ||= !users.get(target).has(user);
          users.get(target).add(user);
        }
      }
    }
  }
  return new Map(movable.flatMap((segment) => {
    const [user, ...others] = users.get(segment);
    if (user !== undefined && user !== 'core' && others.length === 0) return [[segment.address, user]];
    return texts && isText(segment) ? [[segment.address, texts]] : [];
  }));
}

/** Those that `belong`, neighbours as one segment: a gap of a few zeros is shorter than the head of another. What lies in a gap is left alone. */
function joined(segments, belongs) {
  const runs = [];
  let last;
  for (const segment of [...segments].sort((a, b) => a.address - b.address)) {
    const gap = last ? segment.address - (last.address + last.bytes.length) : Infinity;
    if (!belongs(segment)) last = undefined;
    else if (gap >= 0 && gap <= 6) last.bytes = Uint8Array.from([...last.bytes, ...new Uint8Array(gap), ...segment.bytes]);
    else runs.push((last = { address: segment.address, bytes: segment.bytes }));
  }
  return runs;
}

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

/**
 * Writes `<folder>/core.wasm`, one file for each part, and `whole.wasm`, which needs none. `whole` has names and a segment for each constant.
 * Each file tells in a section "build" of which build it is, the core in a section "parts" what has been cut off.
 */
export function splitWasm(whole, { parts, coreCalls }, folder) {
  mkdirSync(folder, { recursive: true });
  const at = (name) => path.join(folder, `${name}.wasm`);
  const text = ModuleText.of(whole);
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
  // Functions of up to six instructions are no longer in line than called, and a call of a layer goes through hundreds.
  binaryen('wasm-opt', file, '-Oz', '--always-inline-max-function-size=6', '-o', file);
  for (const [name, value] of Object.entries(sections)) {
    const section = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from(value)]);
    appendFileSync(file, Buffer.concat([Buffer.from([0, section.length]), section])); // a custom section
  }
}
