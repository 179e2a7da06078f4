// Inlining of what is called for every value.
#pragma once

// Sources compiled for size mark what they share with others as not to be inlined, and the linker may keep their copy: what is called
// for every value says that it must be.
#define FCOL_INLINE __attribute__((always_inline)) inline
// And what such a function calls now and then.
#define FCOL_NOINLINE __attribute__((noinline))

// Before a loop that is shorter, or faster, one round after the other.
#if defined(__clang__)
#define FCOL_NO_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define FCOL_NO_UNROLL _Pragma("GCC unroll 1")
#endif
