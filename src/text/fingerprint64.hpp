// TensorFlow's fingerprints: farmhashna::Hash64 (Fingerprint64) and FingerprintCat64. Spec 4.1, 4.2.
#pragma once

#include <cstdint>
#include <string_view>

#include "text/utf8_batch.hpp"

namespace fcol {

uint64_t fingerprint64(std::string_view bytes);
uint64_t fingerprintCat64(uint64_t a, uint64_t b);

// tf.strings.to_hash_bucket_fast: of each string its fingerprint modulo `buckets`, which is not 0.
void hashBuckets(const Utf8Batch& strings, uint64_t buckets, int64_t* ids);

}  // namespace fcol
