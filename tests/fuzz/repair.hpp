// Puts right checksums into mutated files, so that a fuzzer gets behind them.
#pragma once

#include <cstring>
#include <vector>

#include "base/crc32c.hpp"
#include "base/wire_reader.hpp"

namespace fcol::fuzz {

// A block whose handle is read from `in`: writes its checksum where it lies. False if it lies nowhere.
inline bool repairBlock(std::vector<uint8_t>& file, WireReader& in, uint64_t& offset, uint64_t& size) {
  if (!in.varint(offset) || !in.varint(size)) return false;
  if (offset > file.size() || size > file.size() - offset || file.size() - offset - size < 5) return false;
  const uint32_t crc = maskedCrc32c(Bytes(file).subspan(offset, size + 1));
  std::memcpy(file.data() + offset + size + 1, &crc, sizeof crc);
  return true;
}

// A table file with its magic number, its footer's checksums and those of the first data blocks.
inline std::vector<uint8_t> withTableChecksums(const uint8_t* data, size_t size) {
  std::vector<uint8_t> file(data, data + size);
  if (size < 48) return file;
  std::memcpy(file.data() + size - 8, "\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8);
  const std::vector<uint8_t> footer(file.end() - 48, file.end() - 8);
  WireReader in{Bytes(footer)};
  uint64_t offset, block_size;
  if (!repairBlock(file, in, offset, block_size) || !repairBlock(file, in, offset, block_size)) return file;
  const std::vector<uint8_t> index(file.begin() + static_cast<std::ptrdiff_t>(offset), file.begin() + static_cast<std::ptrdiff_t>(offset + block_size));
  WireReader entries{Bytes(index)};
  for (int i = 0; i < 8; ++i) {
    uint32_t shared, unshared, value;
    uint64_t at, length;
    if (!entries.varint32(shared) || !entries.varint32(unshared) || !entries.varint32(value) || !entries.skipBytes(unshared) || value > entries.left()) break;
    WireReader handle(entries.at(), entries.at() + value);
    if (!repairBlock(file, handle, at, length) || !entries.skipBytes(value)) break;
  }
  // The last word on the index block, which may share bytes with the others.
  WireReader again{Bytes(footer)};
  (void)(repairBlock(file, again, offset, block_size) && repairBlock(file, again, offset, block_size));
  return file;
}

}  // namespace fcol::fuzz
