// Transformation: one batch on its way through the columns: TensorFlow's FeatureTransformationCache. Each categorical
// column is transformed once however many columns use it.
#pragma once

#include <memory>
#include <unordered_map>

#include "batch/feature_batch.hpp"
#include "columns/column.hpp"

namespace fcol {

class Transformation {
 public:
  // `autocast`: Keras layers cast every floating feature to float32 before a column sees it; linear_model does not.
  Transformation(const FeatureBatch& batch, std::span<const std::string> keys, bool autocast);

  uint32_t rows() const { return batch_->rows; }
  bool autocast() const { return autocast_; }
  // Errors: MissingFeature, "Feature … is not in features dictionary".
  Result<const Feature*> feature(uint32_t slot) const;
  const std::string& keyOf(uint32_t slot) const { return keys_[slot]; }
  // The ids of a categorical column; computed at the first call.
  Result<const IdBatch*> ids(const CategoricalColumn& column);

 private:
  const FeatureBatch* batch_;
  std::span<const std::string> keys_;
  bool autocast_;
  std::unordered_map<const CategoricalColumn*, std::unique_ptr<IdBatch>> ids_;
};

}  // namespace fcol
