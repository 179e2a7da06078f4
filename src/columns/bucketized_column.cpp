#include "columns/bucketized_column.hpp"

#include <algorithm>

#include "base/room.hpp"
#include "columns/column_maker.hpp"
#include "columns/explain.hpp"

namespace fcol {

uint32_t BucketizedColumn::bucketOf(float value) const {
  // The first boundary greater than the value: closed on the left; NaN is less than none and so falls into the last bucket.
  // Halved without branches, which would be guessed wrongly at every second step.
  const float* at = boundaries_.data();
  for (size_t left = boundaries_.size(); left > 1;) {
    const size_t half = left / 2;
    at += half & (0 - static_cast<size_t>(!(value < at[half - 1])));
    left -= half;
  }
  return static_cast<uint32_t>(at - boundaries_.data()) + !(value < *at);
}

Result<std::span<const float>> BucketizedColumn::values(Transformation& features) const {
  auto& floats = features.scratch().floats;
  FCOL_TRY(makeRoom(floats, uint64_t{features.rows()} * source_->width()));
  FCOL_TRY(source_->write(features, {floats.data(), source_->width()}));
  return std::span<const float>(floats);
}

Result<void> BucketizedColumn::write(Transformation& features, DenseOutput out) const {
  FCOL_ASSIGN(numbers, values(features));
  const uint32_t dimensions = source_->width();
  const bool alone = out.stride == width();  // nothing lies between the rows
  if (alone) std::fill_n(out.data, size_t{features.rows()} * width(), 0.0f);
  for (uint32_t row = 0; row < features.rows(); ++row) {
    float* at = out.data + row * out.stride;
    if (!alone) std::fill_n(at, width(), 0.0f);
    for (uint32_t i = 0; i < dimensions; ++i) at[i * depth() + bucketOf(numbers[size_t{row} * dimensions + i])] = 1;
  }
  return {};
}

Result<void> BucketizedColumn::explain(Transformation& features, JsonWriter& json) const {
  FCOL_ASSIGN(numbers, values(features));
  json.key("boundaries").floats(boundaries_).key("buckets").open('[');
  for (const float number : numbers) json.count(bucketOf(number));
  json.close(']').key("sourceColumn");
  return explainColumn(*source_, features, json);
}

Result<void> BucketizedColumn::transform(Transformation& features, IdBatch& out) const { return fill(features, depth(), out); }
Result<void> BucketizedColumn::transformBuckets(Transformation& features, IdBatch& out) const { return fill(features, 0, out); }

Result<void> BucketizedColumn::fill(Transformation& features, uint32_t offset, IdBatch& out) const {
  FCOL_ASSIGN(numbers, values(features));
  const uint32_t dimensions = source_->width();
  if (numbers.size() > UINT32_MAX) return columnError(ErrorCode::OutOfMemory, name(), "more than 2^32 values in a batch; use smaller batches");
  out.rows = features.rows();
  out.width = dimensions;
  FCOL_TRY(makeRoom(out.ids, numbers.size()));
  FCOL_TRY(makeRoom(out.row_splits, uint64_t{out.rows} + 1));
  out.row_splits[0] = 0;
  uint32_t n = 0;
  for (uint32_t row = 0; row < out.rows; ++row) {
    for (uint32_t i = 0; i < dimensions; ++i, ++n) out.ids[n] = int64_t{bucketOf(numbers[n])} + int64_t{offset} * i;
    out.row_splits[row + 1] = n;
  }
  return {};
}

Result<ColumnPointer> makeBucketizedColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"source_column", "boundaries"}));
  FCOL_ASSIGN(source, maker.make(spec["source_column"]));
  if (source->type() != "numeric_column")
    return invalidDefinition(source->name(), "source_column must be a column generated with numeric_column(). Given: {}", source->type());
  auto numeric = std::static_pointer_cast<const NumericColumn>(source);
  if (numeric->shape().sizes.size() > 1)
    return invalidDefinition(source->name(), "source_column must be one-dimensional column. Given: shape {}", shown(spec["source_column"]["shape"]));
  // Without a dimension TensorFlow finds none to count buckets by, and fails on it later.
  if (numeric->shape().sizes.empty()) return invalidDefinition(source->name(), "source_column must be one-dimensional column. Given: shape []");
  const Json& json = spec["boundaries"];
  if (json.isNull() || (json.isArray() && json.items().empty())) return invalidDefinition(source->name(), "boundaries must not be empty.");
  if (!json.isArray()) return invalidDefinition(source->name(), "boundaries must be a sorted list. Given: {}", shown(json));
  std::vector<float> boundaries;
  double last = 0;
  for (const Json& item : json.items()) {
    if (!item.isNumber()) return invalidDefinition(source->name(), "boundaries must be a sorted list of numbers. Given: {}", shown(item));
    if (!boundaries.empty() && last >= item.number())
      return invalidDefinition(source->name(), "boundaries must be a sorted list. {} does not exceed {}", shown(item), last);
    last = item.number();
    boundaries.push_back(static_cast<float>(last));
  }
  if (boundaries.size() >= static_cast<size_t>(INT32_MAX) / numeric->width())
    return invalidDefinition(source->name(), "boundaries × shape are too many buckets");
  return ColumnPointer(std::make_shared<BucketizedColumn>(std::move(numeric), std::move(boundaries), maker.inputs().addCategorical()));
}

}  // namespace fcol
