// CRC-32C (Castagnoli), and the masking that TFRecords and checkpoints store it under. Spec 7.3.
#pragma once

#include "base/buffer.hpp"

namespace fcol {

// Of `bytes` after what `start` is the checksum of; 0 to begin.
uint32_t crc32c(Bytes bytes, uint32_t start = 0);

constexpr uint32_t kCrcMaskDelta = 0xa282ead8u;
constexpr uint32_t maskCrc32c(uint32_t crc) { return (crc >> 15 | crc << 17) + kCrcMaskDelta; }
constexpr uint32_t unmaskCrc32c(uint32_t masked) {
  const uint32_t rotated = masked - kCrcMaskDelta;
  return rotated >> 17 | rotated << 15;
}
inline uint32_t maskedCrc32c(Bytes bytes) { return maskCrc32c(crc32c(bytes)); }

}  // namespace fcol
