// FeatureBatch: the features of one batch, by the slots of a layer's inputs.
#pragma once

#include <vector>

#include "base/buffer.hpp"
#include "batch/feature.hpp"

namespace fcol {

struct FeatureBatch {
  uint32_t rows = 0;
  std::vector<Feature> features;  // one for each input of the layer, in its order
};

// Reads the packed batch that JavaScript writes (docs/architecture.md, "The packed batch") and checks every pointer, split
// and offset, so that nothing after it has to. `keys` are the layer's inputs, for messages.
// Errors: InvalidBatch, naming the feature and the first bad row.
Result<void> readPackedBatch(Bytes packed, std::span<const std::string> keys, FeatureBatch& batch);

}  // namespace fcol
