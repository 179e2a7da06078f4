// Columns from their JSON spec (design: TensorFlow's function names in "type", its argument names in snake_case).
//
// Beyond the public spec, what the caller has loaded is given by handle: "vocabulary": n in a vocabulary_file column,
// "table": n in embedding_column and shared_embeddings; and "input": key in a numeric_column, where its values stand if
// not under its own key (a normalizer_fn that JavaScript has applied).
#pragma once

#include <span>

#include "base/json.hpp"
#include "columns/column.hpp"
#include "embedding/embedding_table.hpp"
#include "vocabulary/vocabulary.hpp"

namespace fcol {

// How definitions find what they need. Null: no such handle.
class Resources {
 public:
  virtual std::shared_ptr<const Vocabulary> vocabulary(uint32_t handle) const = 0;
  virtual std::shared_ptr<const EmbeddingTable> table(uint32_t handle) const = 0;

 protected:
  ~Resources() = default;
};

// The features a layer reads, each once; their order is the order of the slots of its batches.
class Inputs {
 public:
  uint32_t slotOf(const std::string& key);  // adds it if it is new
  std::span<const std::string> keys() const { return keys_; }
  // A new place in the caches of ids of the layer's Transformations.
  uint32_t addCategorical() { return categoricals_++; }

 private:
  std::vector<std::string> keys_;
  uint32_t categoricals_ = 0;
};

// A list of columns; shared_embeddings become one column for each of theirs, in argument order. Equal definitions become
// the same object, so that they are transformed once. Checks everything that TensorFlow checks at construction (spec 2, 3.6).
// Errors: InvalidDefinition, InvalidSpec, with the column.
Result<std::vector<ColumnPointer>> columnsFromSpec(const Json& columns, const Resources& resources, Inputs& inputs);

// Columns in the order of their names; equal names keep their order.
std::vector<ColumnPointer> sortedByName(const std::vector<ColumnPointer>& columns);

// Columns sorted by name, refused if empty or if two have one name (spec 1.3).
Result<std::vector<ColumnPointer>> normalizeColumns(std::vector<ColumnPointer> columns);

}  // namespace fcol
