// Transformation: one batch on its way through the columns: TensorFlow's FeatureTransformationCache. Each categorical
// column is transformed once however many columns use it.
#pragma once

#include <memory>
#include <vector>

#include "batch/feature_batch.hpp"
#include "columns/column.hpp"

namespace fcol {

// Memory that columns use while they transform, kept for the next one. Valid until another column is asked for anything.
struct Scratch {
  std::vector<int64_t> integers;
  std::vector<float> floats;
  std::vector<uint8_t> missing;
  std::vector<uint32_t> splits;
  std::vector<uint32_t> indices;
  std::vector<uint64_t> hashes;
  std::vector<IdBatch> crossed;
  std::vector<const IdBatch*> inputs;
};

class Transformation {
 public:
  // `autocast`: Keras layers cast every floating feature to float32 before a column sees it; linear_model does not.
  Transformation(const FeatureBatch& batch, std::span<const std::string> keys, bool autocast)
      : batch_(&batch), keys_(keys), autocast_(autocast) {}

  // Forgets what was computed but keeps its memory, for the next batch of the same layer.
  void reset(const FeatureBatch& batch);

  uint32_t rows() const { return batch_->rows; }
  bool autocast() const { return autocast_; }
  // Errors: MissingFeature, "Feature … is not in features dictionary".
  Result<const Feature*> feature(uint32_t slot) const;
  const std::string& keyOf(uint32_t slot) const { return keys_[slot]; }
  // The feature, whether the batch has it or not.
  const Feature& raw(uint32_t slot) const { return batch_->features[slot]; }

  // The ids of a categorical column; computed at the first call. Valid until reset().
  Result<const IdBatch*> ids(const CategoricalColumn& column);
  Scratch& scratch() { return scratch_; }

 private:
  struct Entry {
    IdBatch ids;
    bool done = false;
  };

  const FeatureBatch* batch_;
  std::span<const std::string> keys_;
  bool autocast_;
  std::vector<std::unique_ptr<Entry>> entries_;  // by CategoricalColumn::slot; pointers, for ids() hands out addresses
  Scratch scratch_;
};

}  // namespace fcol
