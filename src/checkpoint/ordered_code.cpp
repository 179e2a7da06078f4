#include "checkpoint/ordered_code.hpp"

namespace fcol {
namespace {

class OrderedCodeReader {
 public:
  explicit OrderedCodeReader(std::string_view bytes) : bytes_(bytes) {}

  bool done() const { return bytes_.empty(); }

  // A count of bytes, then the number in so many, the most significant first and not zero.
  bool number(uint64_t& value) {
    if (bytes_.empty()) return false;
    const size_t size = byte(0);
    if (size > 8 || bytes_.size() < size + 1 || (size > 0 && byte(1) == 0)) return false;
    value = 0;
    for (size_t i = 1; i <= size; ++i) value = value << 8 | byte(i);
    bytes_.remove_prefix(size + 1);
    return true;
  }

  // Bytes with 00 written as 00 ff and ff as ff 00; 00 01 ends them.
  bool string(std::string& text) {
    text.clear();
    for (size_t i = 0; i + 1 < bytes_.size(); ++i) {
      const uint8_t first = byte(i);
      if (first != 0 && first != 0xff) {
        text += bytes_[i];
        continue;
      }
      const uint8_t second = byte(++i);
      if (first == 0 && second == 1) {
        bytes_.remove_prefix(i + 1);
        return true;
      }
      if (second != (first == 0 ? 0xff : 0)) return false;
      text += static_cast<char>(first);
    }
    return false;
  }

  // n one-bits, a zero bit and 7 n - 1 bits of the number, the fewest bytes that hold it; a negative x is the complement
  // of the code of ~x.
  bool signedNumber(int64_t& value) {
    if (bytes_.empty()) return false;
    const uint8_t flip = byte(0) & 0x80 ? 0 : 0xff;
    size_t size = 0;  // the number of leading ones is the number of bytes
    while (size <= 10 && size / 8 < bytes_.size() && ((byte(size / 8) ^ flip) << size % 8 & 0x80)) ++size;
    if (size > 10 || size > bytes_.size()) return false;
    uint64_t bits = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t header = i * 8 < size ? (size - i * 8 < 8 ? size - i * 8 : 8) : 0;  // bits of this byte that only count
      const uint8_t each = static_cast<uint8_t>((byte(i) ^ flip) & 0xff >> header);
      if (bits >> 55) return false;  // more than 63 bits
      bits = bits << 8 | each;
    }
    if (bits >> 63 || (size > 1 && bits >> (7 * (size - 1) - 1) == 0)) return false;  // too large, or too long for its size
    bytes_.remove_prefix(size);
    value = flip ? ~static_cast<int64_t>(bits) : static_cast<int64_t>(bits);
    return true;
  }

 private:
  uint8_t byte(size_t i) const { return static_cast<uint8_t>(bytes_[i]); }
  std::string_view bytes_;
};

}  // namespace

std::optional<SliceKey> readSliceKey(std::string_view key) {
  OrderedCodeReader in(key);
  SliceKey result;
  uint64_t zero, rank;
  if (!in.number(zero) || zero != 0 || !in.string(result.name) || !in.number(rank) || rank > key.size()) return std::nullopt;
  for (uint64_t i = 0; i < rank; ++i) {
    int64_t start, length;
    if (!in.signedNumber(start) || !in.signedNumber(length)) return std::nullopt;
    result.slice.start.push_back(start);
    result.slice.length.push_back(length);
  }
  if (!in.done()) return std::nullopt;
  return result;
}

}  // namespace fcol
