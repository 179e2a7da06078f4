// Finding line ends, 64 bytes at a time.
#pragma once

#include <bit>
#include <cstring>

#include "base/buffer.hpp"
#include "base/simd.hpp"

namespace fcol {

inline uint32_t newlineMask(const uint8_t* at) {
  return wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(at), wasm_i8x16_splat('\n')));
}

// The same of 64 bytes.
inline uint64_t newlineMask64(const uint8_t* at) {
  return newlineMask(at) | uint64_t{newlineMask(at + 16)} << 16 | uint64_t{newlineMask(at + 32)} << 32 | uint64_t{newlineMask(at + 48)} << 48;
}

// Number of '\n' in bytes.
inline size_t countNewlines(Bytes bytes) {
  size_t count = 0, at = 0;
  for (; at + 64 <= bytes.size(); at += 64) count += static_cast<size_t>(std::popcount(newlineMask64(bytes.data() + at)));
  for (; at < bytes.size(); ++at) count += bytes[at] == '\n';
  return count;
}

// Positions of '\n', one after the other.
class NewlineScanner {
 public:
  // `from`: what is before it is passed over.
  explicit NewlineScanner(Bytes bytes, size_t from = 0) : bytes_(bytes), at_(from) {}

  // The next one's position, or bytes.size() if there is none.
  size_t next() {
    while (mask_ == 0) {
      if (at_ + 64 > bytes_.size()) return nextInTail();
      mask_ = newlineMask64(bytes_.data() + at_);
      base_ = at_;
      at_ += 64;
    }
    const auto bit = static_cast<size_t>(std::countr_zero(mask_));
    mask_ &= mask_ - 1;
    return base_ + bit;
  }

 private:
  size_t nextInTail() {
    while (at_ < bytes_.size())
      if (bytes_[at_++] == '\n') return at_ - 1;
    return bytes_.size();
  }

  Bytes bytes_;
  size_t at_ = 0;    // not yet scanned
  size_t base_ = 0;  // where the block of mask_ begins
  uint64_t mask_ = 0;
};

}  // namespace fcol
