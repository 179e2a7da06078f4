// Inlining of what is called for every value.
#pragma once

// Sources compiled for size mark what they share with others as not to be inlined, and the linker may keep their copy: what is called
// for every value says that it must be.
#define FCOL_INLINE __attribute__((always_inline)) inline
// And what such a function calls now and then.
#define FCOL_NOINLINE __attribute__((noinline))

// What runs once a batch or once a load, in a source that is compiled for speed: this function is compiled for size.
#define FCOL_SMALL __attribute__((noinline, cold))

// Before a loop that is faster, and shorter, as it stands: neither unrolled nor, where lanes would have to be taken out one by one,
// vectorised.
#if defined(__clang__)
#define FCOL_PLAIN_LOOP _Pragma("clang loop unroll(disable) vectorize(disable)")
#else
#define FCOL_PLAIN_LOOP _Pragma("GCC unroll 1")
#endif
