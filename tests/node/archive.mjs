// Zip archives, well made or not.
import { deflateRawSync } from 'node:zlib';

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/**
 * An archive of `files`: {name, body, method?: 0 stored, 8 deflated}. What the directory says of each - its sizes, checksum, flags, place - and how
 * many `entries` there are may be told otherwise than it is.
 */
export function archive(files, { entries = files.length } = {}) {
  const [locals, directory] = [[], []];
  let at = 0;
  for (const { name, body, method = 0, packed = method === 8 ? deflateRawSync(body) : body, size = body.length, stored = packed.length, crc = crc32(body), flags = 0, localOffset = at, extra = Buffer.alloc(0) } of files) {
    const text = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(text.length, 26);
    const central = Buffer.alloc(46);
    for (const [value, place] of [[0x02014b50, 0], [crc, 16], [stored, 20], [size, 24], [localOffset, 42]]) central.writeUInt32LE(value, place);
    for (const [value, place] of [[flags, 8], [method, 10], [text.length, 28], [extra.length, 30]]) central.writeUInt16LE(value, place);
    locals.push(local, text, packed);
    directory.push(central, text, extra);
    at += local.length + text.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(directory.reduce((sum, { length }) => sum + length, 0), 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
