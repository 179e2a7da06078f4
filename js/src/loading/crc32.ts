/** The CRC-32 of zip files (polynomial 0xedb88320), four bytes at a time. */
const TABLES: Int32Array[] = [];

function tables(): readonly Int32Array[] {
  if (TABLES.length > 0) return TABLES;
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; ++bit) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    return value;
  });
  TABLES.push(first);
  for (let i = 1; i < 4; ++i) {
    const before = TABLES[i - 1] as Int32Array;
    TABLES.push(before.map((value) => (value >>> 8) ^ (first[value & 255] as number)));
  }
  return TABLES;
}

export function crc32(bytes: Uint8Array): number {
  const [a, b, c, d] = tables() as readonly [Int32Array, Int32Array, Int32Array, Int32Array];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let crc = -1;
  for (let i = 0; i < whole; i += 4) {
    crc ^= view.getInt32(i, true);
    crc = (d[crc & 255] as number) ^ (c[(crc >>> 8) & 255] as number) ^ (b[(crc >>> 16) & 255] as number) ^ (a[crc >>> 24] as number);
  }
  for (let i = whole; i < bytes.length; ++i) crc = (crc >>> 8) ^ (a[(crc ^ (bytes[i] as number)) & 255] as number);
  return ~crc >>> 0;
}
