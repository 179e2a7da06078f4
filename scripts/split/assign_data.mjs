// Which constant is of which part.
import { wordsOf } from './segments.mjs';

// Constants that are only ever reached by the address of their first byte: literals, tables of virtual functions.
export const LITERALS = /^\.(ro)?data\S*(\.L\.str|_ZTV)/;
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
export function joined(segments, belongs) {
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

/** Who reads a text of messages without going by what writes messages: it is not there before. */
export function textsRead(segments, functions, partOf, partOfData, texts) {
  const within = (address) => segments.some((each) => partOfData.get(each.address) === texts && address >= each.address && address < each.address + each.bytes.length);
  return functions.filter(({ name, loads }) => partOf.get(name) !== texts && [...loads].some(within)).map(({ name }) => name);
}
