// tf.keras.experimental.SequenceFeatures as a layer.
#pragma once

#include "layers/layer.hpp"

namespace fcol {

Result<std::unique_ptr<Layer>> makeSequenceFeatures(const Json& spec, const Resources& resources);

}  // namespace fcol
