// The one place that names the vector instructions: wasm's own intrinsics, which SIMDe maps to SSE, AVX or NEON natively.
// So tests, sanitizers and native benchmarks run the very code that ships. No relaxed SIMD: its results differ per CPU.
#pragma once

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#else
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/wasm/simd128.h>
#endif
