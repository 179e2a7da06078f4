// Batches from bytes: serialized tf.Examples and lines of JSON become features without a JavaScript object in between.
#pragma once

#include <memory>

#include "base/buffer.hpp"
#include "batch/feature_batch.hpp"
#include "columns/column.hpp"

namespace fcol {

// A batch that owns its memory: the bytes it was read from may go.
class OwnedBatch {
 public:
  virtual ~OwnedBatch() = default;
  virtual const FeatureBatch& batch() const = 0;
};

// tf.io.parse_example: one serialized tf.Example a row, by the parse spec of the columns (spec 7.2). `features[i]` is the
// input of slot i. VarLen features become sparse ones of rank 2, FixedLen dense ones of their shape.
// Accepts and refuses what TensorFlow does, down to malformed bytes. Errors, with feature and row: InvalidExample
// ("Could not parse example input", "Data types don't match", "Number of … values != expected", "… is required but could not
// be found"); DtypeMismatch for dtypes other than string, int64 and float32; OutOfMemory.
Result<std::unique_ptr<OwnedBatch>> parseExamples(const Utf8Batch& examples, std::span<const ParsedFeature> features);
// tf.io.parse_sequence_example: VarLen features are found in the feature lists, one Feature a step, as sparse ones of rank 3;
// one that an example has in its context instead has a step a value there (rank 2 if no example has it as a list).
// FixedLen features are found in the context. Errors: as parseExamples.
Result<std::unique_ptr<OwnedBatch>> parseSequenceExamples(const Utf8Batch& examples, std::span<const ParsedFeature> features);

// The records of a TFRecord stream, checked. Errors: InvalidExample (cut off), ChecksumMismatch ("corrupted record at …").
Result<std::vector<std::string_view>> readTfRecords(Bytes bytes);

// Newline-delimited JSON, an object of features a line (design/api.md "Batches"); blank lines are skipped. `keys[i]` is the
// input of slot i, other keys are checked for syntax and skipped; of equal keys in one object the last counts.
//
// `wanted[i]`: the dtype in which its columns would parse it (Layer::parseSpec), None where that is not known; may be empty.
// A feature's dtype comes from its literals:
//   strings                                 String
//   numbers, where a float is wanted        that float, rounded from the decimal text by way of float64
//   integers only                           Int64 where that is wanted or one is beyond ±(2^53 - 1), else Number
//   a fraction or exponent somewhere, NaN   where an integer or a string is wanted Float32 (Float64 if that would round), for
//                                           its column to refuse as TensorFlow refuses floats, 30.0 too; where nothing is
//                                           known the same if all are integral, else Number
//   nothing but null and empty arrays       String where that is wanted, else Number; its values, if any, are null
// and its shape from its rows: all scalars rank 1 (an absent or null row is a null value then); else the deepest row's depth
// plus 1, an absent or null row being empty. In features of rank 3 and more a row of depth 1 or 0 has a step a value. With a
// {"values": …} among the rows the feature is sparse; '' and -1 (0.0 where a float is wanted) of its dense rows are then
// marked null, so that each row means what it means alone.
// Errors: InvalidRow with the key as `column` and the line, from 0, as `row`; OutOfMemory.
Result<std::unique_ptr<OwnedBatch>> parseJsonRows(std::string_view lines, std::span<const std::string> keys, std::span<const DType> wanted = {});

}  // namespace fcol
