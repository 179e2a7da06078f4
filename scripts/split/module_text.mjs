// A module as text, by its top-level items: what is in it, and changes to it.
import { writeFileSync } from 'node:fs';
import { HOST_EXPORTS, HOST_IMPORTS } from '../../wasm/host_names.mjs';
import { binaryen } from './binaryen.mjs';
import { bytesOfLiteral, literalOfBytes, wordsOf } from './segments.mjs';

const NAME = String.raw`\$("[^"]*"|[^\s()]+)`;
/** The first line of a function, and its last. */
const BEGIN = new RegExp(`^ \\(func ${NAME}`);
const END = ' )';

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

  /** Takes out the functions that it imports from these parts, as wasm-split calls their namespaces: by name, or with more behind it. Answers their names. */
  dropImports(parts) {
    const dropped = new Set();
    this.lines = this.lines.filter((line) => {
      const match = new RegExp(`^ \\(import "([^"]*)" "[^"]*" \\(func ${NAME}`).exec(line);
      if (!match || !parts.has(match[1].split('.')[0])) return true;
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
