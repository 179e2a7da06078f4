// Bags in wasm, without the API around them: the counterpart of bag_bench.
#include <emscripten/emscripten.h>

#include "bag_case.hpp"

namespace {
std::unique_ptr<fcol::BagCase> bags;
}

extern "C" {

// Whether there was memory.
EMSCRIPTEN_KEEPALIVE int bagsMake(uint32_t rows, uint32_t dimension, uint32_t format, int zipf) {
  bags.reset();
  bags = fcol::BagCase::make(rows, dimension, static_cast<fcol::TableFormat>(format), zipf != 0);
  return bags != nullptr;
}
EMSCRIPTEN_KEEPALIVE int bagsRun() { return bags->run(); }
EMSCRIPTEN_KEEPALIVE void bagsTouch() { bags->touch(); }
EMSCRIPTEN_KEEPALIVE uint32_t bagsDigest() { return bags->digest(); }
EMSCRIPTEN_KEEPALIVE size_t bagsBytes() { return bags->bytes(); }

}
