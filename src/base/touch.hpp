// Touching memory ahead of its use. wasm has no prefetch instruction: a load whose result is kept alive brings the cache line in,
// and loads that do not depend on each other wait together.
#pragma once

namespace fcol {

// Makes the compiler believe that `value` is needed.
template <typename T>
inline void keepAlive(T value) {
  asm volatile("" : : "r"(value));
}

}  // namespace fcol
