// The job of row 14 as one writes it by hand in plain JavaScript: a reader of just these examples, a Map, and loops over a table.

export class PlainJob {
  #ids = new Map();
  #table;
  #dimension;

  constructor(keys, table, dimension) {
    keys.forEach((key, id) => this.#ids.set(key, id));
    this.#table = table;
    this.#dimension = dimension;
  }

  run(framed, out) {
    const bytes = Buffer.from(framed.buffer, framed.byteOffset, framed.byteLength);
    out.fill(0);
    for (let at = 0, row = 0; at < bytes.length; ++row) {
      const end = at + 4 + bytes.readUInt32LE(at);
      this.#row(bytes, at + 4, end, out, row * 2 * this.#dimension);
      at = end;
    }
  }

  /** Example { Features { map entries { key, Feature { BytesList { value… } } } } } */
  #row(bytes, from, end, out, slot) {
    let at = from;
    const varint = () => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        value |= (byte & 127) << shift;
        if (byte < 128) return value;
      }
    };
    const message = () => {
      ++at; // the tag
      const size = varint();
      return at + size;
    };
    message();
    while (at < end) {
      const entryEnd = message();
      const keyEnd = message();
      const history = bytes[at] === 104; // 'h'
      at = keyEnd;
      message();
      const listEnd = message();
      let count = 0;
      const to = slot + (history ? 0 : this.#dimension);
      while (at < listEnd) {
        const valueEnd = message();
        const id = this.#ids.get(bytes.utf8Slice(at, valueEnd));
        at = valueEnd;
        if (id === undefined) continue;
        ++count;
        const row = id * this.#dimension;
        for (let i = 0; i < this.#dimension; ++i) out[to + i] += this.#table[row + i];
      }
      for (let i = 0; i < this.#dimension && count > 1; ++i) out[to + i] /= count;
      at = entryEnd;
    }
  }
}
