// FCOL_ASSERT: programmer errors, checked in debug and sanitizer builds only. Foreign data is never asserted on.
#pragma once

#if defined(FCOL_CHECKED)
#include <cstdio>
#include <cstdlib>
#define FCOL_ASSERT(condition)                                                                \
  do {                                                                                        \
    if (!(condition)) {                                                                       \
      std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition);  \
      std::abort();                                                                           \
    }                                                                                         \
  } while (false)
#else
#define FCOL_ASSERT(condition) static_cast<void>(0)
#endif
