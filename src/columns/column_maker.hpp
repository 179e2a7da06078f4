// ColumnMaker: what the factories of kinds.inc are given: resources, inputs, and how to make the columns they wrap.
#pragma once

#include <utility>
#include <vector>

#include "columns/column_spec.hpp"
#include "columns/from_spec.hpp"

namespace fcol {

class ColumnMaker {
 public:
  ColumnMaker(const Resources& resources, Inputs& inputs) : resources_(resources), inputs_(inputs) {}

  const Resources& resources() const { return resources_; }
  Inputs& inputs() { return inputs_; }
  // The column of a spec: a new one, or the one made before of an equal spec.
  // Errors: InvalidSpec for no object, no type or an unknown one; InvalidDefinition from the kind's own checks.
  Result<ColumnPointer> make(const Json& json);

 private:
  const Resources& resources_;
  Inputs& inputs_;
  std::vector<std::pair<const Json*, ColumnPointer>> made_;  // with what each was made of, which stays
};

using ColumnFactory = Result<ColumnPointer> (*)(const ColumnSpec& spec, ColumnMaker& maker);

#define FCOL_COLUMN(type, make) Result<ColumnPointer> make(const ColumnSpec& spec, ColumnMaker& maker);
#include "columns/kinds.inc"
#undef FCOL_COLUMN

// shared_embeddings: a column for each of its categorical_columns, in their order (spec 3.6).
Result<void> makeSharedEmbeddings(const ColumnSpec& spec, ColumnMaker& maker, std::vector<ColumnPointer>& out);

}  // namespace fcol
