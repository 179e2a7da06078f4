// TensorFlow's fingerprints: farmhashna::Hash64 (Fingerprint64) and FingerprintCat64. Spec 4.1, 4.2.
#pragma once

#include <cstdint>
#include <string_view>

namespace fcol {

uint64_t fingerprint64(std::string_view bytes);
uint64_t fingerprintCat64(uint64_t a, uint64_t b);

}  // namespace fcol
