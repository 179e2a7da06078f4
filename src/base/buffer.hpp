// Buffer<T>: an owned array that reports failure to allocate instead of ending the program. For everything whose size
// foreign data decides: files, tables, batches, outputs. 16-byte aligned; uninitialised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

#include "base/result.hpp"

namespace fcol {

// The error of a Buffer that cannot be had.
Failure bufferTooLarge(uint64_t elements, size_t element_size);

template <typename T>
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Buffer() { std::free(data_); }

  static Result<Buffer> make(uint64_t size) {
    Buffer buffer;
    if (size > (SIZE_MAX / 2) / sizeof(T)) return tooLarge(size);
    // malloc is 16-byte aligned on every target we have (wasm: emmalloc and dlmalloc with 16-byte chunks are 8; SIMD
    // loads here are unaligned loads, so alignment is speed and not correctness).
    buffer.data_ = static_cast<T*>(std::malloc(size ? size * sizeof(T) : 1));
    if (!buffer.data_) return tooLarge(size);
    buffer.size_ = static_cast<size_t>(size);
    return buffer;
  }

  // The same at the start of a cache line: what is read at random then touches as few lines as it can. resize() does not keep that.
  static Result<Buffer> makeAligned(uint64_t size) {
    constexpr size_t kLine = 64;
    Buffer buffer;
    if (size > (SIZE_MAX / 2) / sizeof(T)) return tooLarge(size);
    buffer.data_ = static_cast<T*>(std::aligned_alloc(kLine, (size * sizeof(T) + kLine) / kLine * kLine));
    if (!buffer.data_) return tooLarge(size);
    buffer.size_ = static_cast<size_t>(size);
    return buffer;
  }

  // Takes over memory from malloc, such as a file that JavaScript wrote into the heap.
  static Buffer adopt(T* data, size_t size) {
    Buffer buffer;
    buffer.data_ = data;
    buffer.size_ = size;
    return buffer;
  }

  // Grows or shrinks, keeping the content; false (and unchanged) if there is no memory.
  bool resize(size_t size) {
    if (size > (SIZE_MAX / 2) / sizeof(T)) return false;
    T* data = static_cast<T*>(std::realloc(data_, size ? size * sizeof(T) : 1));
    if (!data) return false;
    data_ = data;
    size_ = size;
    return true;
  }

  // Lets go of the memory: it is somebody else's to free.
  T* release() {
    size_ = 0;
    return std::exchange(data_, nullptr);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  T& operator[](size_t i) { FCOL_ASSERT(i < size_); return data_[i]; }
  const T& operator[](size_t i) const { FCOL_ASSERT(i < size_); return data_[i]; }
  std::span<T> span() { return {data_, size_}; }
  std::span<const T> span() const { return {data_, size_}; }

 private:
  static Failure tooLarge(uint64_t size) { return bufferTooLarge(size, sizeof(T)); }

  T* data_ = nullptr;
  size_t size_ = 0;
};

using Bytes = std::span<const uint8_t>;

}  // namespace fcol
