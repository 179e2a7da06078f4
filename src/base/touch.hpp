// Touching memory ahead of its use. wasm has no prefetch instruction: a load whose result is kept alive brings the cache line in,
// and loads that do not depend on each other wait together.
#pragma once

namespace fcol {

// Makes the compiler believe that `value` is needed.
template <typename T>
inline void keepAlive(T value) {
  asm volatile("" : : "r"(value));
}

// Touches line after line, in a loop that should do nothing else: the processor then has many misses under way.
class Toucher {
 public:
  void touch(const void* at) {
#ifdef FCOL_PREFETCH  // the native contender of the benchmarks: what a processor can do beyond wasm
    __builtin_prefetch(at);
#else
    sum_ |= *static_cast<const unsigned char*>(at);
#endif
  }
  ~Toucher() { keepAlive(sum_); }

 private:
  unsigned sum_ = 0;
};

}  // namespace fcol
