// KeyArena: the bytes that hold the keys of a vocabulary, as the file came. A key is found by its offset alone, so that an
// entry of the index needs four bytes for it and no length.
#pragma once

#include "base/buffer.hpp"
#include "base/inline.hpp"
#include "vocabulary/key_hash.hpp"

namespace fcol {

enum class KeyFraming : uint8_t {
  Lines,    // ended by '\n', "\r\n" or the end of the file; one '\r' at the end of a line is not of the key
  Records,  // TFRecord: the u64 length stands 12 bytes before the key
  Sized,    // a u32 length stands before the key: lists, which are copied
};

struct KeyArena {
  Buffer<uint8_t> bytes;
  KeyFraming framing = KeyFraming::Lines;

  const char* at(uint32_t offset) const { return reinterpret_cast<const char*>(bytes.data()) + offset; }

  std::string_view key(uint32_t offset) const {
    if (framing == KeyFraming::Lines) {
      const size_t left = bytes.size() - offset;
      const void* newline = std::memchr(at(offset), '\n', left);
      size_t length = newline ? static_cast<size_t>(static_cast<const char*>(newline) - at(offset)) : left;
      if (length > 0 && at(offset)[length - 1] == '\r') --length;
      return {at(offset), length};
    }
    uint32_t length;  // of a record the low half: a file is smaller than 4 GB
    std::memcpy(&length, at(offset) - (framing == KeyFraming::Records ? 12 : 4), 4);
    return {at(offset), length};
  }

  // Whether the key at an offset is exactly this one.
  FCOL_INLINE bool holds(uint32_t offset, std::string_view wanted) const {
    if (framing != KeyFraming::Lines) {
      const std::string_view stored = key(offset);
      return stored.size() == wanted.size() && sameBytes(stored.data(), wanted.data(), wanted.size());
    }
    if (wanted.size() > bytes.size() - offset || !sameLine(at(offset), wanted.data(), wanted.size())) return false;
    // The same bytes, none of them a line's end: the line must end here too.
    const size_t end = offset + wanted.size();
    const auto ends = [&](size_t position) { return position == bytes.size() || bytes[position] == '\n'; };
    return ends(end) ? wanted.empty() || wanted.back() != '\r' : bytes[end] == '\r' && ends(end + 1);
  }
};

}  // namespace fcol
