// The canned estimators: a deep part, a linear part or both, and a head. tf.estimator.DNNClassifier and its kin.
#pragma once

#include "layers/layer.hpp"

namespace fcol {

Result<std::unique_ptr<Layer>> makeEstimator(const Json& spec, const Resources& resources);

}  // namespace fcol
