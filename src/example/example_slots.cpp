#include "example/example_slots.hpp"

namespace fcol {
namespace {

// One value a row: TensorFlow's [rows] and [rows, 1], which columns take for the same.
bool isScalar(const ParsedFeature& spec) { return spec.shape.empty() || (spec.shape.size() == 1 && spec.shape[0] == 1); }

// As TensorFlow's DataTypeString.
std::string_view kindName(DType dtype) {
  return dtype == DType::Float32 ? "float" : dtype == DType::Float64 ? "double" : dtypeName(dtype);
}

}  // namespace

Result<ExampleSlots> ExampleSlots::make(std::span<const ParsedFeature> features) {
  ExampleSlots result;
  result.slots_.reserve(features.size());
  for (const auto& spec : features) {
    if (spec.dtype != DType::String && spec.dtype != DType::Int64 && spec.dtype != DType::Float32) {
      Failure problem = error(ErrorCode::DtypeMismatch, "feature {}: tf.Examples hold no {} (Value for attr of {} is not in the list of allowed "
                                                        "values: float, int64, "
                                                        "string); give the column another dtype", quoted(spec.key), dtypeName(spec.dtype), kindName(spec.dtype));
      problem->at(spec.key);
      return problem;
    }
    uint64_t count = 1;
    for (const uint32_t size : spec.shape)
      if ((count *= size) > UINT32_MAX) return error(ErrorCode::InvalidDefinition, "feature {}: its shape is too large", quoted(spec.key));
    result.slots_.push_back({&spec, FeatureColumn(spec.dtype), {}, {}, static_cast<size_t>(count), {}, false});
    auto& slot = result.slots_.back();
    if (!slot.splits.start() || !slot.step_splits.start()) return noMemoryFor(spec.key);
    result.index_.add(spec.key);
  }
  return result;
}

Failure exampleError(const ParsedFeature& spec, uint32_t row, std::string_view what) {
  Failure problem = error(ErrorCode::InvalidExample, "example {}, Key: {}.  {}", row, spec.key, what);
  problem->at(spec.key, row);
  return problem;
}

Failure brokenExample(uint32_t row) {
  Failure problem = error(ErrorCode::InvalidExample, "Could not parse example input: row {} is no serialized tf.Example, or is cut off", row);
  problem->row = row;
  return problem;
}

Failure noMemoryFor(std::string_view key) {
  return error(ErrorCode::OutOfMemory, "out of memory: the values of feature {} do not fit; use a smaller batch", quoted(key));
}

Result<void> appendFeature(ExampleSlot& slot, Bytes feature, uint32_t row) {
  switch (slot.column.append(feature)) {
    case FeatureProblem::None: return {};
    case FeatureProblem::NoMemory: return noMemoryFor(slot.spec->key);
    case FeatureProblem::Broken: return exampleError(*slot.spec, row, "Can't parse serialized Example.");
    case FeatureProblem::OtherKind: break;
  }
  return exampleError(*slot.spec, row, format("Data types don't match. Data type: {} but expected type: {}", kindName(*featureKind(feature)),
                                              kindName(slot.column.dtype())));
}

Result<void> appendFixed(ExampleSlot& slot, uint32_t row) {
  const auto& spec = *slot.spec;
  const size_t before = slot.column.size();
  if (slot.has) {
    FCOL_TRY(appendFeature(slot, slot.found, row));
    const size_t count = slot.column.size() - before;
    if (count != slot.fixed_count)
      return exampleError(spec, row, format("Number of {} values != expected.  Values size: {} but output shape has {}", kindName(spec.dtype), count,
                                            slot.fixed_count));
  } else if (spec.default_value.size() != slot.fixed_count) {
    return exampleError(spec, row, format("Feature: {} (data type: {}) is required but could not be found; give the column a default_value", spec.key,
                                          kindName(spec.dtype)));
  } else if (!slot.column.append(std::span<const double>(spec.default_value))) {
    return noMemoryFor(spec.key);
  }
  if (isScalar(spec)) return {};
  bool ok = true;
  if (spec.shape.size() > 1) {
    const size_t values = slot.fixed_count / spec.shape[0];
    for (uint32_t i = 1; i <= spec.shape[0]; ++i) ok = ok && slot.step_splits.push(before + i * values);
  }
  ok = ok && slot.splits.push(spec.shape.size() > 1 ? slot.step_splits.count() : slot.column.size());
  if (!ok) return noMemoryFor(spec.key);
  return {};
}

bool finishSlot(ExampleSlot& slot, bool steps, uint32_t rows, Feature& feature) {
  const auto& spec = *slot.spec;
  feature.rows = rows;
  feature.sparse = !spec.fixed;
  feature.rank = !spec.fixed ? (steps ? 3 : 2) : isScalar(spec) ? 1 : static_cast<uint32_t>(spec.shape.size()) + 1;
  feature.width = feature.rank == 1 ? 1 : spec.fixed ? spec.shape[0] : slot.splits.longest();
  if (feature.rank >= 2) feature.row_splits = slot.splits.span();
  if (feature.rank >= 3) feature.step_splits = slot.step_splits.span();
  return slot.column.finish(feature);
}

}  // namespace fcol
