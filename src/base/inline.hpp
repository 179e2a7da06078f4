// FCOL_INLINE: sources compiled for size mark what they share with others as not to be inlined, and the linker may keep their copy:
// what is called for every value says that it must be.
#pragma once

#define FCOL_INLINE __attribute__((always_inline)) inline
