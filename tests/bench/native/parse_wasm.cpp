// Parsing in wasm, without the API around it: the counterpart of parse_bench.
#include <emscripten/emscripten.h>

#include "parse_case.hpp"

namespace {
fcol::ParseCase& parse() {
  static fcol::ParseCase made;
  return made;
}
}  // namespace

extern "C" {

// Whether the bytes were accepted.
EMSCRIPTEN_KEEPALIVE int parseRun(uint32_t format, const uint8_t* bytes, size_t size) { return parse().run(static_cast<fcol::ParseFormat>(format), bytes, size); }
EMSCRIPTEN_KEEPALIVE uint32_t parseDigest() { return parse().digest(); }

}
