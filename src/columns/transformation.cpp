#include "columns/transformation.hpp"

namespace fcol {

void Transformation::reset(const FeatureBatch& batch) {
  batch_ = &batch;
  for (auto& entry : entries_)
    if (entry) entry->done = false;
}

Result<const Feature*> Transformation::feature(uint32_t slot) const {
  FCOL_ASSERT(slot < keys_.size() && slot < batch_->features.size());
  const Feature& feature = batch_->features[slot];
  if (feature.dtype == DType::None) {
    Failure problem = error(ErrorCode::MissingFeature, "Feature {} is not in features dictionary: give it in the batch", keys_[slot]);
    problem->at(keys_[slot]);
    return problem;
  }
  return &feature;
}

Result<const IdBatch*> Transformation::ids(const CategoricalColumn& column) {
  if (column.slot() >= entries_.size()) entries_.resize(column.slot() + 1);
  auto& entry = entries_[column.slot()];
  if (!entry) entry = std::make_unique<Entry>();
  Entry& kept = *entry;  // `entry` itself moves when a nested column makes the list grow
  if (!kept.done) {
    kept.ids.clear();
    FCOL_TRY(column.transform(*this, kept.ids));
    kept.done = true;
  }
  return &kept.ids;
}

}  // namespace fcol
