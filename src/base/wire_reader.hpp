// WireReader: a cursor over the wire format of protocol buffers, bounds-checked. What the fields mean is its caller's.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/buffer.hpp"
#include "base/inline.hpp"

namespace fcol {

class WireReader {
 public:
  enum Wire : uint32_t { kVarint = 0, kFixed64 = 1, kDelimited = 2, kFixed32 = 5 };
  static constexpr uint32_t tag(uint32_t field, Wire wire) { return field << 3 | wire; }

  WireReader() = default;
  WireReader(const uint8_t* at, const uint8_t* end) : at_(at), end_(end) {}
  explicit WireReader(Bytes bytes) : WireReader(bytes.data(), bytes.data() + bytes.size()) {}

  bool done() const { return at_ == end_; }
  const uint8_t* at() const { return at_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }
  Bytes rest() const { return {at_, left()}; }

  // At most ten bytes; false if it does not end in them or in the message. Bits beyond 64 are dropped, as everywhere.
  FCOL_INLINE bool varint(uint64_t& value) {
    if (at_ != end_ && *at_ < 0x80) return value = *at_++, true;
    return longVarint(value);
  }
  // A length or tag: its lower 32 bits, as protobuf's own readers take them.
  FCOL_INLINE bool varint32(uint32_t& value) {
    uint64_t wide;
    if (!varint(wide)) return false;
    value = static_cast<uint32_t>(wide);
    return true;
  }
  bool fixed32(uint32_t& value) { return fixed(value); }
  bool fixed64(uint64_t& value) { return fixed(value); }
  FCOL_INLINE bool delimited(Bytes& content) {
    uint32_t size;
    if (!varint32(size) || size > left()) return false;
    content = {at_, size};
    at_ += size;
    return true;
  }
  bool skipBytes(size_t size) {
    if (size > left()) return false;
    at_ += size;
    return true;
  }
  // Steps over a tag of one byte if it stands here.
  bool expect(uint32_t one_byte_tag) {
    if (at_ == end_ || *at_ != one_byte_tag) return false;
    ++at_;
    return true;
  }
  // The value behind a tag that the caller does not know. Groups are refused: no message read here has any.
  bool skip(uint32_t tag) {
    uint64_t number;
    Bytes content;
    switch (tag & 7) {
      case kVarint: return varint(number);
      case kFixed64: return skipBytes(8);
      case kDelimited: return delimited(content);
      case kFixed32: return skipBytes(4);
      default: return false;
    }
  }

 private:
  FCOL_INLINE bool longVarint(uint64_t& value) {
    uint64_t bits = 0;
    if (left() >= 2 && at_[1] < 0x80) {  // most ids and sizes
      value = (at_[0] & 0x7f) | uint64_t{at_[1]} << 7;
      at_ += 2;
      return true;
    }
    for (uint32_t shift = 0; shift < 70; shift += 7) {
      if (at_ == end_) return false;
      const uint8_t byte = *at_++;
      bits |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value = bits, true;
    }
    return false;
  }
  template <typename T>
  bool fixed(T& value) {
    if (left() < sizeof value) return false;
    std::memcpy(&value, at_, sizeof value);  // every target is little-endian
    at_ += sizeof value;
    return true;
  }

  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
};

}  // namespace fcol
