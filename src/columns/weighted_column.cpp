#include "columns/weighted_column.hpp"

#include "base/room.hpp"
#include "columns/bucketized_column.hpp"
#include "columns/column_maker.hpp"
#include "columns/explain.hpp"
#include "columns/integer_values.hpp"
#include "columns/missing.hpp"
#include "columns/raw_value.hpp"
#include "columns/sequence_categorical.hpp"

namespace fcol {

void WeightedColumn::parseSpec(ParseSpec& features) const {
  wrapped_->parseSpec(features);
  features.varLen(weight_key_, dtype_);
}

Result<void> WeightedColumn::transformIds(Transformation& features, IdBatch& out) const {
  if (wrapped_->type() == "bucketized_column") return static_cast<const BucketizedColumn&>(*wrapped_).transformBuckets(features, out);
  // Of a sequence column TensorFlow takes the transform, which has not been made rank 3.
  const CategoricalColumn* categorical = wrapped_->categorical();
  if (categorical->isSequence()) categorical = static_cast<const SequenceCategorical&>(*wrapped_).wrapped()->categorical();
  FCOL_ASSIGN(ids, features.ids(*categorical));
  out = *ids;
  return {};
}

Result<void> WeightedColumn::transform(Transformation& features, IdBatch& out) const {
  FCOL_ASSIGN(feature, features.feature(input_));
  FCOL_TRY(checkDtype(*feature, features.autocast()));
  FCOL_TRY(transformIds(features, out));
  // TensorFlow pairs in the order of storage, which regrouping by row has lost.
  if (out.moved || feature->moved)
    return columnError(ErrorCode::InvalidBatch, name(), "ids and weights pair by position: give sparse tensors whose rows are in order");
  return pair(*feature, features.scratch(), out);
}

Result<void> WeightedColumn::checkDtype(const Feature& feature, bool autocast) const {
  DType given = feature.dtype == DType::Number ? dtype_ : feature.dtype;
  if (given == DType::Float64 && autocast) given = DType::Float32;
  if (given != dtype_)
    return columnError(ErrorCode::DtypeMismatch, name(), "Bad dtype, expected {}, but got {}.", dtypeText(dtype_), dtypeText(given));
  if (given == DType::Float64)
    return columnError(ErrorCode::DtypeMismatch, name(), "weights of dtype float64 do not fit float32 tables; use dtype float32");
  return {};
}

Result<void> WeightedColumn::pair(const Feature& feature, Scratch& scratch, IdBatch& out) const {
  FCOL_ASSIGN(missing, findMissing(feature, MissingRule::Weights, scratch.missing));
  FCOL_TRY(makeRoom(out.weights, out.ids.size()));
  out.weighted = true;
  const auto weightAt = [&](uint32_t i) {
    switch (feature.dtype) {
      case DType::Int64: return static_cast<float>(feature.as<int64_t>()[i]);
      case DType::Int32: return static_cast<float>(feature.as<int32_t>()[i]);
      case DType::Float32: return feature.as<float>()[i];
      default: return static_cast<float>(feature.as<double>()[i]);
    }
  };
  for (uint32_t row = 0; row < out.rows; ++row) {
    uint32_t at = out.firstOf(row), kept = 0;
    const uint32_t wanted = out.firstOf(row + 1) - at;
    for (uint32_t i = feature.firstOf(row); i < feature.firstOf(row + 1); ++i) {
      if (!missing.empty() && missing[i]) continue;
      if (feature.dtype == DType::Number && isInteger(dtype_) && !isExactInteger(feature.as<double>()[i]))
        return about(feature.as<double>()[i], columnErrorAt(row, ErrorCode::DtypeMismatch, name(), "Bad dtype, expected {}, but got {}",
                                                            dtypeText(dtype_), feature.as<double>()[i]));
      if (kept++ < wanted) out.weights[at++] = weightAt(i);
    }
    if (kept != wanted)
      return about(kept, columnErrorAt(row, ErrorCode::ShapeMismatch, name(),
                                       "{} ids but {} weights in {}: Dimensions {} and {} are not compatible; in arrays '', -1 and a weight "
                                       "of 0 are missing values", wanted, kept, quoted(weight_key_), wanted, kept));
  }
  return {};
}

Result<void> WeightedColumn::explain(Transformation& features, JsonWriter& json) const {
  FCOL_ASSIGN(ids, features.ids(*this));
  FCOL_ASSIGN(feature, features.feature(input_));
  json.key("weightFeatureKey").text(weight_key_).key("rawWeights");
  writeRawValues(*feature, json);
  json.key("ids").open('[');
  for (const int64_t id : ids->ids) json.integer(id);
  json.close(']').key("weights").floats(ids->weights).key("categoricalColumn");
  return explainColumn(*wrapped_, features, json);
}

Result<ColumnPointer> makeWeightedColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  FCOL_TRY(spec.checkFields({"categorical_column", "weight_feature_key", "dtype"}));
  FCOL_ASSIGN(wrapped, maker.make(spec["categorical_column"]));
  const DType dtype = spec.dtype().value_or(DType::Float32);
  if (!isInteger(dtype) && !isFloating(dtype))
    return invalidDefinition(wrapped->name(), "dtype {} is not convertible to float.", shownDtype(spec["dtype"], dtype));
  // TensorFlow notices these only when the column is used.
  const CategoricalColumn* categorical = wrapped->categorical();
  if (!categorical)
    return invalidDefinition(wrapped->name(), "weighted_categorical_column: categorical_column must be a CategoricalColumn. Given: {}", wrapped->type());
  if (categorical->isWeighted()) return invalidDefinition(wrapped->name(), "weighted_categorical_column cannot weight a weighted column again");
  FCOL_ASSIGN(key, spec.key("weight_feature_key"));
  const uint32_t input = maker.inputs().slotOf(key);
  return ColumnPointer(std::make_shared<WeightedColumn>(wrapped, key, dtype, maker.inputs().addCategorical(), input));
}

}  // namespace fcol
