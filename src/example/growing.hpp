// Growing<T>: an array that batches are read into: it doubles, keeps its memory, and says when there is none.
#pragma once

#include "base/buffer.hpp"
#include "base/inline.hpp"

namespace fcol {

template <typename T>
class Growing {
 public:
  T* data() { return buffer_.data(); }
  const T* data() const { return buffer_.data(); }
  size_t size() const { return size_; }
  T& operator[](size_t i) { return buffer_[i]; }
  const T& operator[](size_t i) const { return buffer_[i]; }
  T& back() { return buffer_[size_ - 1]; }
  std::span<const T> span() const { return {buffer_.data(), size_}; }
  void truncate(size_t size) { size_ = size; }

  // Room for `more` elements behind the end: false if there is no memory.
  FCOL_INLINE bool reserve(size_t more) { return more <= buffer_.size() - size_ || grow(more); }
  // Requires reserved room; `more` elements behind the end have then been written.
  FCOL_INLINE void advance(size_t more) {
    FCOL_ASSERT(more <= buffer_.size() - size_);
    size_ += more;
  }
  T* end() { return buffer_.data() + size_; }
  FCOL_INLINE bool push(T value) {
    if (size_ == buffer_.size() && !grow(1)) return false;
    buffer_.data()[size_++] = value;
    return true;
  }
  bool fill(size_t more, T value) {
    if (!reserve(more)) return false;
    for (size_t i = 0; i < more; ++i) buffer_.data()[size_ + i] = value;
    size_ += more;
    return true;
  }

  // Room for `times` as many as there are, if there is memory: so that a batch whose rows are alike is not moved as it grows.
  FCOL_NOINLINE void expect(double times) {
    const double size = static_cast<double>(size_) * times;
    if (size > static_cast<double>(buffer_.size()) && size < static_cast<double>(SIZE_MAX / 4)) buffer_.resize(static_cast<size_t>(size));
  }

 private:
  FCOL_NOINLINE bool grow(size_t more) {
    constexpr size_t kFirst = 64;
    if (more > SIZE_MAX / 4 - size_) return false;
    const size_t needed = size_ + more, doubled = 2 * buffer_.size();
    // Where doubling finds no memory, what is needed may still.
    return buffer_.resize(needed > doubled ? (needed > kFirst ? needed : kFirst) : doubled) || buffer_.resize(needed);
  }

  Buffer<T> buffer_;
  size_t size_ = 0;
};

}  // namespace fcol
