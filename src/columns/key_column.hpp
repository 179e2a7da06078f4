// What the categorical columns that read one feature have in common: key, name, slot, parse spec, dropping, dtype checks.
#pragma once

#include "columns/column.hpp"
#include "columns/column_error.hpp"
#include "columns/transformation.hpp"

namespace fcol {

class KeyColumn : public Column, public CategoricalColumn {
 public:
  const CategoricalColumn* categorical() const override { return this; }
  void parseSpec(std::vector<ParsedFeature>& features) const override { features.push_back({name(), dtype_, false, {}, {}}); }
  Result<void> transform(Transformation& features, IdBatch& out) const override;

 protected:
  // `input` is the slot of the feature `key`, `dtype` that of the parse spec.
  KeyColumn(std::string key, DType dtype, uint32_t slot, uint32_t input)
      : Column(std::move(key)), CategoricalColumn(slot), dtype_(dtype), input_(input) {}
  ~KeyColumn() = default;

  DType dtype() const { return dtype_; }
  // An id for each value of the feature, missing ones too (those are dropped afterwards), into `ids`, which is empty.
  virtual Result<void> mapValues(const Feature& feature, Scratch& scratch, std::vector<int64_t>& ids) const = 0;
  // Errors: DtypeMismatch if a string column is fed with numbers or an integer column with anything else.
  Result<void> checkDtype(const Feature& feature) const;
  static constexpr std::string_view kIncompatible = "Column dtype and SparseTensors dtype must be compatible";

 private:
  DType dtype_;
  uint32_t input_;
};

}  // namespace fcol
