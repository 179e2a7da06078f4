// What every column can do, by TensorFlow's own split: CategoricalColumn, DenseColumn, SequenceDenseColumn (spec 1.4).
// A column is immutable, made by columnsFromSpec (from_spec.hpp), and shared by reference.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/dtype.hpp"
#include "base/result.hpp"
#include "columns/id_batch.hpp"

namespace fcol {

class Coverage;
class JsonWriter;
class Transformation;

// One feature that a column reads, as make_parse_example_spec gives it (spec 2.11).
struct ParsedFeature {
  std::string key;
  DType dtype = DType::String;
  bool fixed = false;                 // FixedLenFeature of `shape`, else VarLenFeature
  std::vector<uint32_t> shape;
  std::vector<double> default_value;  // prod(shape) values, or empty: required
  bool operator==(const ParsedFeature&) const = default;
};

// Takes what columns read: see Column::parseSpec.
class ParseSpec {
 public:
  virtual void varLen(const std::string& key, DType dtype) = 0;
  virtual void fixedLen(const ParsedFeature& feature) = 0;

 protected:
  ~ParseSpec() = default;
};

// Where a dense column writes: row r begins at data + r * stride.
struct DenseOutput {
  float* data;
  size_t stride;
};

class CategoricalColumn {
 public:
  // `slot`: its place in a Transformation's cache, from Inputs::addCategorical; unique among the columns of a layer.
  explicit CategoricalColumn(uint32_t slot) : slot_(slot) {}
  uint32_t slot() const { return slot_; }
  // Requires the resources to be loaded.
  virtual int64_t numBuckets() const = 0;
  virtual bool isSequence() const { return false; }
  virtual bool isWeighted() const { return false; }
  // Fills `out` (cleared before). Called once a batch: Transformation caches it.
  virtual Result<void> transform(Transformation& features, IdBatch& out) const = 0;

 protected:
  ~CategoricalColumn() = default;

 private:
  uint32_t slot_;
};

class DenseColumn {
 public:
  // Product of TensorFlow's variable_shape: floats a row.
  virtual uint32_t width() const = 0;
  // Writes rows × width() floats. TensorFlow's get_dense_tensor.
  virtual Result<void> write(Transformation& features, DenseOutput out) const = 0;

 protected:
  ~DenseColumn() = default;
};

class SequenceDenseColumn {
 public:
  virtual uint32_t width() const = 0;  // floats a step
  // Number of steps of the batch: TensorFlow's second dimension of the column's tensor.
  virtual Result<uint32_t> steps(Transformation& features) const = 0;
  // Writes rows × steps × width() floats: step t of row r begins at data + (r * steps + t) * stride. lengths[r]: spec 6.2.
  virtual Result<void> writeSequence(Transformation& features, uint32_t steps, DenseOutput out, int32_t* lengths) const = 0;

 protected:
  ~SequenceDenseColumn() = default;
};

class Column {
 public:
  virtual ~Column() = default;
  const std::string& name() const { return name_; }
  // TensorFlow's function that makes it: "numeric_column". For messages.
  virtual std::string_view type() const = 0;
  // The interfaces it has; null where it has not. An embedding or indicator of a sequence column is SequenceDense only.
  virtual const CategoricalColumn* categorical() const { return nullptr; }
  virtual const DenseColumn* dense() const { return nullptr; }
  virtual const SequenceDenseColumn* sequenceDense() const { return nullptr; }
  // Tells what it reads, once for each use: a key may come more than once.
  virtual void parseSpec(ParseSpec& features) const = 0;
  // Appends the members that tell how the one row of the batch becomes ids or numbers (columns/explain.hpp).
  virtual Result<void> explain(Transformation& features, JsonWriter& json) const = 0;
  // Adds what of the batch it, or what it stands on, knows (columns/coverage.hpp).
  virtual Result<void> cover(Coverage& coverage) const = 0;

 protected:
  explicit Column(std::string name) : name_(std::move(name)) {}

 private:
  std::string name_;
};

using ColumnPointer = std::shared_ptr<const Column>;

}  // namespace fcol
