// KeyArena: the bytes that hold the keys of a vocabulary, as the file came. A key is found by its offset alone, and so is its id: an
// entry of the index needs four bytes for both, and no length.
#pragma once

#include <algorithm>

#include "base/buffer.hpp"
#include "base/inline.hpp"
#include "base/touch.hpp"
#include "text/newline_scan.hpp"
#include "vocabulary/key_hash.hpp"

namespace fcol {

enum class KeyFraming : uint8_t {
  Lines,    // ended by '\n', "\r\n" or the end of the file; one '\r' at the end of a line is not of the key; the id is the line's number
  Records,  // TFRecord: the u64 length stands 12 bytes before the key, and the id where the checksum of the length was
  Sized,    // a u32 length and the id stand before the key: lists, which are copied
};

struct KeyArena {
  static constexpr size_t kBlock = 64;  // a cache line: the one whose line ends are counted has just been read for the key

  static constexpr size_t kSizedHeader = 8;  // of a Sized key

  Buffer<uint8_t> bytes;
  KeyFraming framing = KeyFraming::Lines;
  Buffer<uint32_t> lines_before;  // of Lines, by number(): for each block how many line ends stand before it
  size_t line_ends = 0;           // and in all of it

  size_t memory() const { return bytes.size() + lines_before.size() * sizeof(uint32_t); }
  const char* at(uint32_t offset) const { return reinterpret_cast<const char*>(bytes.data()) + offset; }

  // Counts the lines, so that idOf can be asked. Requires Lines. False if there is no memory.
  bool number();
  // Of Records and Sized keys, which have room for it.
  void setId(uint32_t offset, uint32_t id) { std::memcpy(bytes.data() + offset - 4, &id, 4); }

  // Requires number() or setId().
  FCOL_INLINE uint32_t idOf(uint32_t offset) const {
    if (framing != KeyFraming::Lines) return sizeAt(offset - 4);
    const size_t block = blockOf(offset), begin = block * kBlock - misaligned();  // of the first block perhaps before the bytes
    if (block == 0 || begin + kBlock > bytes.size()) return lines_before[block] + lineEndsBefore(block == 0 ? 0 : begin, offset);
    const uint64_t ends = newlineMask64(bytes.data() + begin);
    return lines_before[block] + static_cast<uint32_t>(std::popcount(ends & ((uint64_t{1} << (offset - begin)) - 1)));
  }
  // Touches what surelyHolds and idOf read. An offset may be out of range: then whatever is last is touched.
  void touch(std::span<const uint32_t> offsets) const {
    Toucher lines;
    const auto last = static_cast<uint32_t>(bytes.size() - 1);
    if (framing == KeyFraming::Lines) {
      const uint32_t* counts = lines_before.data();
      for (const uint32_t offset : offsets) {
        const uint32_t first = std::min(offset, last);
        lines.touch(at(first));
        lines.touch(at(std::min(first + 15, last)));  // a key may lie in two lines
        lines.touch(counts + blockOf(first));
      }
    } else {
      for (const uint32_t offset : offsets) {
        const uint32_t first = std::min(offset, last);
        lines.touch(at(first - 4));
        lines.touch(at(std::min(first + 15, last)));
      }
    }
  }

  std::string_view key(uint32_t offset) const {
    if (framing == KeyFraming::Lines) {
      const size_t left = bytes.size() - offset;
      const void* newline = std::memchr(at(offset), '\n', left);
      size_t length = newline ? static_cast<size_t>(static_cast<const char*>(newline) - at(offset)) : left;
      if (length > 0 && at(offset)[length - 1] == '\r') --length;
      return {at(offset), length};
    }
    return {at(offset), lengthOf(offset)};
  }

  // Whether the key at an offset is exactly this one.
  FCOL_INLINE bool holds(uint32_t offset, std::string_view wanted) const {
    if (framing != KeyFraming::Lines) return lengthOf(offset) == wanted.size() && sameBytes(at(offset), wanted.data(), wanted.size());
    if (wanted.size() > bytes.size() - offset || !sameLine(at(offset), wanted.data(), wanted.size())) return false;
    // The same bytes, none of them a line's end: the line must end here too.
    const size_t end = offset + wanted.size();
    const auto ends = [&](size_t position) { return position == bytes.size() || bytes[position] == '\n'; };
    return ends(end) ? wanted.empty() || wanted.back() != '\r' : bytes[end] == '\r' && ends(end + 1);
  }

  // holds() for most keys, without a branch that could be guessed wrongly: true only if it is, and false also where it does not know.
  // Requires 16 readable bytes at `wanted`.
  FCOL_INLINE bool surelyHolds(uint32_t offset, const char* wanted, size_t size) const {
    if (size >= 16 || bytes.size() - offset < 16) return false;
    const v128_t stored = wasm_v128_load(at(offset));
    const uint32_t inside = (1u << size) - 1;
    const bool same = (~wasm_i8x16_bitmask(wasm_i8x16_eq(stored, wasm_v128_load(wanted))) & inside) == 0;
    if (framing != KeyFraming::Lines) return same & (lengthOf(offset) == size);
    const uint32_t newlines = wasm_i8x16_bitmask(wasm_i8x16_eq(stored, wasm_i8x16_splat('\n')));
    const uint32_t returns = wasm_i8x16_bitmask(wasm_i8x16_eq(stored, wasm_i8x16_splat('\r')));
    return same & ((newlines & (inside << 1 | 1)) == inside + 1) & ((returns << 1 >> size & 1) == 0);
  }

 private:
  size_t misaligned() const { return reinterpret_cast<uintptr_t>(bytes.data()) % kBlock; }
  size_t blockOf(size_t offset) const { return (offset + misaligned()) / kBlock; }
  uint32_t sizeAt(uint32_t offset) const {
    uint32_t value;
    std::memcpy(&value, at(offset), 4);
    return value;
  }
  // Of a record the low half: a file is smaller than 4 GB.
  uint32_t lengthOf(uint32_t offset) const { return sizeAt(offset - (framing == KeyFraming::Records ? 12 : 8)); }
  uint32_t lineEndsBefore(size_t begin, size_t end) const {
    return static_cast<uint32_t>(countNewlines(bytes.span().subspan(begin, end - begin)));
  }
};

}  // namespace fcol
