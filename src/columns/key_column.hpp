// What the categorical columns that read one feature have in common: key, name, slot, parse spec, dropping, dtype checks.
#pragma once

#include "columns/column.hpp"
#include "columns/column_error.hpp"
#include "columns/transformation.hpp"

namespace fcol {

class KeyColumn : public Column, public CategoricalColumn {
 public:
  const CategoricalColumn* categorical() const override { return this; }
  void parseSpec(ParseSpec& features) const override { features.varLen(name(), dtype_); }
  Result<void> transform(Transformation& features, IdBatch& out) const override;
  Result<void> explain(Transformation& features, JsonWriter& json) const override;
  Result<void> cover(Coverage& coverage) const override;

 protected:
  // `input` is the slot of the feature `key`, `dtype` that of the parse spec.
  KeyColumn(std::string key, DType dtype, uint32_t slot, uint32_t input)
      : Column(std::move(key)), CategoricalColumn(slot), dtype_(dtype), input_(input) {}
  ~KeyColumn() = default;

  DType dtype() const { return dtype_; }
  // What becomes of values that the column does not know: its rule, or nothing: they stay as they were found, -1 where nothing was.
  enum class Unknown : uint8_t { Replace, Keep };
  // An id for each value of the feature, missing ones too (those are dropped afterwards), into `ids`, whose contents are lost.
  virtual Result<void> mapValues(const Feature& feature, Scratch& scratch, Unknown unknown, std::vector<int64_t>& ids) const = 0;
  // Members that tell how value `i` got its id; `found` is what mapValues keeps.
  virtual void explainValue(const Feature& feature, uint32_t i, int64_t found, JsonWriter& json) const = 0;
  // Counts a value that is not missing.
  virtual void coverValue(int64_t found, bool& out_of_vocabulary, bool& out_of_range) const = 0;
  // "bytes", in hexadecimal, and "hash": what TensorFlow hashes of a value - its text; of integers their decimals - and to what.
  // Requires mapValues to have accepted the feature.
  static void explainHash(const Feature& feature, uint32_t i, JsonWriter& json);
  // Errors: DtypeMismatch if a string column is fed with numbers or an integer column with anything else.
  Result<void> checkDtype(const Feature& feature) const;
  static constexpr std::string_view kIncompatible = "Column dtype and SparseTensors dtype must be compatible";

 private:
  Result<void> mapAll(const Feature& feature, Scratch& scratch, Unknown unknown, std::vector<int64_t>& ids) const;

  DType dtype_;
  uint32_t input_;
};

}  // namespace fcol
