// The lookup in wasm, without the API around it: the counterpart of lookup_bench.
#include <emscripten/emscripten.h>

#include "lookup_case.hpp"
#include "text/fingerprint64.hpp"

namespace {
std::unique_ptr<fcol::LookupCase> lookup;
}

extern "C" {

// Takes over `text`, from malloc. Whether the vocabulary was accepted.
EMSCRIPTEN_KEEPALIVE int lookupMake(uint8_t* text, size_t bytes, size_t count) {
  lookup = fcol::LookupCase::make(fcol::Buffer<uint8_t>::adopt(text, bytes), count);
  return lookup != nullptr;
}
EMSCRIPTEN_KEEPALIVE void lookupFind(const uint8_t* packed) { lookup->find(fcol::keysOf(packed)); }
EMSCRIPTEN_KEEPALIVE int64_t* lookupIds() { return lookup->ids().data(); }
// What hash buckets cannot do without.
EMSCRIPTEN_KEEPALIVE uint32_t hashAll(const uint8_t* packed) {
  const auto keys = fcol::keysOf(packed);
  uint64_t all = 0;
  for (size_t i = 0; i < keys.size(); ++i) all ^= fcol::fingerprint64(keys[i]);
  return static_cast<uint32_t>(all);
}
// And what they are: into an array of the module's own.
EMSCRIPTEN_KEEPALIVE int64_t* hashBuckets(const uint8_t* packed, uint32_t buckets) {
  static std::vector<int64_t> ids;
  const auto keys = fcol::keysOf(packed);
  ids.resize(keys.size());
  fcol::hashBuckets(keys, buckets, ids.data());
  return ids.data();
}
EMSCRIPTEN_KEEPALIVE uint32_t lookupDigest() { return fcol::digestOf(lookup->ids()); }

}
