// StringColumn: strings gathered one behind the other, the layout of a Utf8Batch.
#pragma once

#include <cstring>
#include <string_view>

#include "example/growing.hpp"
#include "text/utf8_batch.hpp"

namespace fcol {

class StringColumn {
 public:
  size_t size() const { return ends_.size(); }

  // False if there is no memory, or more bytes than offsets of 32 bits can tell apart.
  FCOL_INLINE bool push(const char* text, size_t size) {
    if (size > UINT32_MAX - bytes_.size() || !bytes_.reserve(size)) return false;
    copy(bytes_.end(), text, size);
    bytes_.advance(size);
    return ends_.push(static_cast<uint32_t>(bytes_.size()));
  }
  // To write a string in place: memory for `size` bytes behind the last one, null if there is none; commit() makes it a string.
  FCOL_INLINE char* room(size_t size) {
    return size <= UINT32_MAX - bytes_.size() && bytes_.reserve(size) && ends_.reserve(1) ? bytes_.end() : nullptr;
  }
  FCOL_INLINE void commit(size_t size) {
    bytes_.advance(size);
    *ends_.end() = static_cast<uint32_t>(bytes_.size());
    ends_.advance(1);
  }
  void expect(double times) {
    bytes_.expect(times);
    ends_.expect(times);
  }
  bool fillEmpty(size_t count) { return ends_.fill(count, static_cast<uint32_t>(bytes_.size())); }
  void truncate(size_t count) {
    ends_.truncate(count);
    bytes_.truncate(count ? ends_[count - 1] : 0);
  }
  std::string_view operator[](size_t i) const {
    const uint32_t begin = i ? ends_[i - 1] : 0;
    return {bytes_.data() + begin, ends_[i] - begin};
  }

  // Makes the offsets, which begin with 0; nothing may be pushed after. False if there is no memory.
  bool finish() {
    if (!ends_.push(0)) return false;
    std::memmove(ends_.data() + 1, ends_.data(), (ends_.size() - 1) * sizeof(uint32_t));
    ends_[0] = 0;
    return true;
  }
  // Requires finish().
  Utf8Batch batch() const { return {bytes_.data(), ends_.span()}; }

 private:
  // Keys are mostly short: two overlapping words are faster than a call.
  static void copy(char* to, const char* from, size_t size) {
    if (size > 16) {
      std::memcpy(to, from, size);
    } else if (size >= 8) {
      copyEnds<uint64_t>(to, from, size);
    } else if (size >= 4) {
      copyEnds<uint32_t>(to, from, size);
    } else {
      for (size_t i = 0; i < size; ++i) to[i] = from[i];
    }
  }
  template <typename Word>
  static void copyEnds(char* to, const char* from, size_t size) {
    Word first, last;
    std::memcpy(&first, from, sizeof first);
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    std::memcpy(to, &first, sizeof first);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
  }

  Growing<char> bytes_;
  Growing<uint32_t> ends_;
};

}  // namespace fcol
