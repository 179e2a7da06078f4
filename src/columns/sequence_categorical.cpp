#include "columns/sequence_categorical.hpp"

#include <numeric>

#include "base/room.hpp"
#include "columns/column_maker.hpp"
#include "columns/explain.hpp"
#include "columns/transformation.hpp"

namespace fcol {
namespace {

constexpr std::string_view kPrefix = "sequence_";

// A step for each value, and empty ones where a value is missing before another.
Result<void> valuesToSteps(IdBatch& ids) {
  const auto values = static_cast<uint32_t>(ids.ids.size());
  if (ids.positions.empty()) {  // nothing is missing: values are steps
    FCOL_TRY(makeRoom(ids.step_splits, uint64_t{values} + 1));
    std::iota(ids.step_splits.begin(), ids.step_splits.end(), 0u);
    return {};
  }
  uint64_t steps = 0;
  for (uint32_t row = 0; row < ids.rows; ++row)
    if (const uint32_t end = ids.row_splits[row + 1]; end > ids.row_splits[row]) steps += uint64_t{ids.positions[end - 1]} + 1;
  if (steps >= UINT32_MAX) return error(ErrorCode::OutOfMemory, "sequences of {} steps in a batch are too many; use smaller batches", steps);
  FCOL_TRY(makeRoom(ids.step_splits, steps + 1));
  uint32_t step = 0;
  for (uint32_t row = 0, begin = 0; row < ids.rows; ++row) {
    const uint32_t end = ids.row_splits[row + 1], first = step;
    for (uint32_t i = begin; i < end; ++i)
      while (step - first <= ids.positions[i]) ids.step_splits[step++] = i;  // empty steps up to this value's, and its own
    ids.row_splits[row + 1] = step;
    begin = end;
  }
  ids.step_splits[step] = values;
  ids.positions.clear();
  return {};
}

}  // namespace

Result<void> SequenceCategorical::transform(Transformation& features, IdBatch& out) const {
  FCOL_TRY(wrapped_->categorical()->transform(features, out));
  if (!out.ordered)
    return columnError(ErrorCode::InvalidBatch, name(),
                       "segment ids are not increasing: a sequence needs a sparse tensor in row-major order; sort its indices");
  if (out.rank > 2) return {};
  out.rank = 3;
  return valuesToSteps(out);
}

Result<void> SequenceCategorical::explain(Transformation& features, JsonWriter& json) const {
  FCOL_ASSIGN(ids, features.ids(*this));
  json.key("steps").open('[');  // the ids of each step
  for (size_t step = 0; step + 1 < ids->step_splits.size(); ++step) {
    json.open('[');
    for (uint32_t i = ids->step_splits[step]; i < ids->step_splits[step + 1]; ++i) json.integer(ids->ids[i]);
    json.close(']');
  }
  json.close(']').key("categoricalColumn");
  return explainColumn(*wrapped_, features, json);
}

Result<ColumnPointer> makeSequenceCategoricalColumn(const ColumnSpec& spec, ColumnMaker& maker) {
  ColumnFactory factory = nullptr;
  const auto plain = spec.type().substr(kPrefix.size());
#define FCOL_COLUMN(type, make) \
  if (plain == type) factory = make;
#include "columns/kinds.inc"
#undef FCOL_COLUMN
  FCOL_ASSERT(factory);
  FCOL_ASSIGN(wrapped, factory(spec, maker));
  return ColumnPointer(std::make_shared<SequenceCategorical>(spec.type(), wrapped, maker.inputs().addCategorical()));
}

}  // namespace fcol
