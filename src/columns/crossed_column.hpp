// crossed_column: the hash of every combination of its keys' values in a row (spec 2.8, 4.3). TensorFlow: CrossedColumn, op SparseCross.
#pragma once

#include "columns/column.hpp"
#include "columns/transformation.hpp"

namespace fcol {

// A raw feature (`column` is null) or the ids of a categorical column.
struct CrossLeaf {
  std::string name;
  uint32_t input = 0;
  ColumnPointer column;
};

class CrossedColumn final : public Column, public CategoricalColumn {
 public:
  CrossedColumn(std::string name, std::vector<CrossLeaf> leaves, int64_t buckets, uint64_t hash_key, uint32_t slot)
      : Column(std::move(name)), CategoricalColumn(slot), leaves_(std::move(leaves)), buckets_(buckets), hash_key_(hash_key) {}

  std::string_view type() const override { return "crossed_column"; }
  const CategoricalColumn* categorical() const override { return this; }
  void parseSpec(ParseSpec& features) const override;
  Result<void> explain(Transformation& features, JsonWriter& json) const override;
  Result<void> cover(Coverage& coverage) const override;
  // In the order of the keys, nested crosses expanded.
  const std::vector<CrossLeaf>& leaves() const { return leaves_; }

  int64_t numBuckets() const override { return buckets_; }
  // Errors: those of the keys; ShapeMismatch for ids or features of rank 3; InvalidBatch for sparse tensors out of order;
  // OutOfMemory for more combinations than fit.
  Result<void> transform(Transformation& features, IdBatch& out) const override;

 private:
  using Inputs = std::span<const IdBatch* const>;
  // The inputs as bags of fingerprints a row: sparse ones first, then dense ones, each in the order of the keys. `order`, if
  // given, takes the leaf of each.
  Result<void> readInputs(Transformation& features, std::vector<const IdBatch*>& inputs, std::vector<const CrossLeaf*>* order = nullptr) const;
  Result<void> readRaw(const CrossLeaf& leaf, const Feature& feature, bool autocast, Scratch& scratch, IdBatch& out) const;
  Result<void> countCrosses(Inputs inputs, IdBatch& out) const;
  void hashRow(Inputs inputs, uint32_t row, uint64_t* hashes, uint32_t* at, int64_t* out) const;

  std::vector<CrossLeaf> leaves_;
  int64_t buckets_;
  uint64_t hash_key_;
};

}  // namespace fcol
