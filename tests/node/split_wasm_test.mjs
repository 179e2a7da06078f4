// How the module is cut: which functions and constants may leave the core.
import assert from 'node:assert/strict';
import test from 'node:test';
import { assignData, textsRead } from '../../scripts/split/assign_data.mjs';
import { assignFunctions, undeclaredCalls } from '../../scripts/split/assign_functions.mjs';
import { ModuleText } from '../../scripts/split/module_text.mjs';

const made = (name, calls = [], constants = [], loads = []) => ({ name, calls: new Set(calls), constants: new Set(constants), loads: new Set(loads) });
const parts = [
  { name: 'one', functions: [/^one/] },
  { name: 'two', functions: [/^two/], calls: ['one'] },
];

test('split: what only a part reaches goes with it; what the core reaches stays; what two parts reach is theirs', () => {
  const functions = [
    made('main', ['shared', 'one_entry']), made('shared'), made('one_entry', ['own', 'shared', 'of_both']), made('own', ['deeper']), made('deeper'),
    made('two_entry', ['of_both', 'one_entry']), made('of_both'), made('by_address'),
  ];
  const partsOf = assignFunctions(functions, new Set(['main', 'by_address', 'two_entry']), parts);
  assert.deepEqual(Object.fromEntries(partsOf), { one_entry: ['one'], own: ['one'], deeper: ['one'], two_entry: ['two'], of_both: ['one', 'two'] });
  const partOf = new Map([...partsOf].filter(([, of]) => of.length === 1).map(([name, [part]]) => [name, part]));
  assert.deepEqual(undeclaredCalls(functions, partOf, parts, ['one']), []);
  assert.deepEqual(undeclaredCalls(functions, partOf, parts, []), ['core: main calls one_entry of one']);
});

test('split: what has the name of a class of a part stays where a class of the core has it, too', () => {
  const text = new ModuleText([
    ' (elem (i32.const 1) $_ZN4fcol3One4sizeEv $_ZN4fcol3One4nameEv)',
    ' (data $.rodata._ZTVN4fcol3OneE (i32.const 1008) "\\01\\00\\00\\00\\02")',
    ' (data $.rodata._ZTVN4fcol4MainE (i32.const 1024) "\\01")',
  ].join('\n'));
  const functions = [made('_ZN4fcol3One4sizeEv'), made('_ZN4fcol3One4nameEv')];
  const ofOne = [{ name: 'one', functions: [Object.assign(/^_ZN4fcol3One/, { ofClass: true })] }];
  const entries = new Set(functions.map(({ name }) => name));
  assert.deepEqual([...assignFunctions(functions, entries, ofOne, text.classes())], [['_ZN4fcol3One4nameEv', ['one']]]);
  assert.equal(assignFunctions(functions, entries, ofOne, new Map()).size, 2);
});

test('split: of a function of two parts each gets a copy, which calls its copies', () => {
  const made = (name, ...calls) => [` (func $${name} (result i32)`, ...calls.map((each) => `  (call $${each})`), ' )'];
  const text = new ModuleText(['(module', ...made('main', 'alone'), ...made('alone'), ...made('one', 'both'), ...made('two', 'both', 'one'), ...made('both', 'deep', 'alone'), ...made('deep'), ')'].join('\n'));
  const both = ['one', 'two'];
  const partOf = text.copyShared(new Map([['one', ['one']], ['two', ['two']], ['both', both], ['deep', both]]));
  assert.deepEqual(Object.fromEntries(partOf), { one: 'one', two: 'two', 'both.one': 'one', 'both.two': 'two', 'deep.one': 'one', 'deep.two': 'two' });
  assert.deepEqual(Object.fromEntries(text.functions().map(({ name, calls }) => [name, [...calls]])), {
    main: ['alone'], alone: [], one: ['both.one'], two: ['both.two', 'one'],
    'both.one': ['deep.one', 'alone'], 'both.two': ['deep.two', 'alone'], 'deep.one': [], 'deep.two': [],
  });
});

test('split: placeholders of parts are told by the name of their namespace, whatever stands behind it', () => {
  const imported = (module, name) => ` (import "${module}" "0" (func $${name} (param i32)))`;
  const others = [imported('a', 'host'), imported('oneself', 'other')];
  const text = new ModuleText(['(module', ...others, imported('one', 'placeholder_0'), imported('two.deferred', 'placeholder_1'), ')'].join('\n'));
  assert.deepEqual([...text.dropImports(new Set(['one', 'two']))], ['placeholder_0', 'placeholder_1']);
  assert.deepEqual(text.lines, ['(module', ...others, ')']);
});

test('split: texts of the core and of several parts are of the part that writes messages, and nobody else may read them', () => {
  const literal = (number, address, text) => ({ name: `.rodata..L.str.${number}`, address, bytes: new TextEncoder().encode(text) });
  const segments = [literal(0, 1000, 'of the core\0'), literal(1, 1100, 'of both parts\0'), literal(2, 1200, 'of one part\0'), literal(3, 1300, 'name\0')];
  const functions = [made('main', [], [1000, 1300]), made('one', [], [1100, 1200], [1200]), made('two', [], [1100])];
  const partOf = new Map([['one', 'one'], ['two', 'two'], ['write', 'texts']]);
  const moved = assignData(segments, functions, partOf, 'texts');
  assert.deepEqual(Object.fromEntries(moved), { 1000: 'texts', 1100: 'texts', 1200: 'one' });
  assert.deepEqual(textsRead(segments, [...functions, made('write', [], [], [1000])], partOf, moved, 'texts'), []);
  assert.deepEqual(textsRead(segments, [...functions, made('main', [], [], [1003])], partOf, moved, 'texts'), ['main']);
  const text = new ModuleText(['(module', ' (func $main (result i64)', '  (i64.load offset=4 align=1', '   (i32.const 1000)', '  )', '  (i32.const 2000)', ' )', ')'].join('\n'));
  assert.deepEqual(text.functions().map(({ loads }) => [...loads]), [[1004]]);
});

test('split: a constant moves only with all that points to it, and only if it is of the kinds that are reached by their first byte', () => {
  const segment = (name, address, ...words) => ({ name, address, bytes: new Uint8Array(Uint32Array.from(words).buffer) });
  const segments = [
    segment('.rodata.first', 900, 0), // small numbers count as addresses of what comes first
    segment('.rodata..L.str', 1000, 1, 2), // used by a function of one, by an address within it
    segment('.rodata..L.str.1', 1008, 3), // by the core too
    segment('.rodata.kTable', 1012, 1016), // an array: stays, and what it points to
    segment('.rodata..L.str.2', 1016, 4),
    segment('.rodata._ZTV4Part', 1020, 1024), // by one: takes along what it points to
    segment('.rodata..L.str.3', 1024, 5),
    segment('.rodata..L.str.4', 1028, 6), // by both parts
    segment('.rodata..L.str.5', 1032, 7), // by none that is seen
  ];
  // Of a pointer at the end of a constant the highest byte is zero, and of one at its beginning the lowest: neither is in the file.
  segments.push({ name: '.rodata.kNames', address: 1100, bytes: Uint8Array.of(0x34, 0x12, 0x01) }, segment('.rodata..L.str.6', 0x11234, 8));
  segments.push({ name: '.rodata.kMore', address: 1109, bytes: Uint8Array.of(0x13, 0x01, 0x00) }, segment('.rodata..L.str.7', 0x11300, 9));
  // One array, of which the core uses the beginning and a part the end.
  segments.push(segment('.rodata._ZN4fcol4kAllE', 0x12000, 1), segment('.rodata._ZN4fcol4kAllE.1', 0x12010, 1), segment('.rodata._ZN4fcol4kOneE', 0x12020, 1));
  const functions = [made('main', [], [900, 1008, 0x12000]), made('one', [], [1004, 1008, 1020, 1028, 0x11234, 0x11300, 0x12010, 0x12020]), made('two', [], [1028])];
  const moved = assignData(segments, functions, new Map([['one', 'one'], ['two', 'two']]));
  assert.deepEqual(Object.fromEntries(moved), { 1000: 'one', 1020: 'one', 1024: 'one', [0x12020]: 'one' });
});
