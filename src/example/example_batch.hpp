// Batches from bytes: serialized tf.Examples and lines of JSON become features without a JavaScript object in between.
#pragma once

#include <memory>

#include "base/buffer.hpp"
#include "batch/feature_batch.hpp"
#include "columns/column.hpp"

namespace fcol {

// A batch that owns its memory; strings may point into the bytes it was read from, so keep those alive too.
class OwnedBatch {
 public:
  virtual ~OwnedBatch() = default;
  virtual const FeatureBatch& batch() const = 0;
};

// tf.io.parse_example: one serialized tf.Example a row, by the parse spec of the columns (spec 7.2). `features[i]` is the
// input of slot i. Errors: InvalidExample, DtypeMismatch, MissingFeature, with feature and row.
Result<std::unique_ptr<OwnedBatch>> parseExamples(const Utf8Batch& examples, std::span<const ParsedFeature> features);
// tf.io.parse_sequence_example for the features of sequence columns: context and feature_lists together.
Result<std::unique_ptr<OwnedBatch>> parseSequenceExamples(const Utf8Batch& examples, std::span<const ParsedFeature> features);

// The records of a TFRecord stream, checked. Errors: InvalidExample (cut off), ChecksumMismatch ("corrupted record at …").
Result<std::vector<std::string_view>> readTfRecords(Bytes bytes);

// Newline-delimited JSON, an object of features a line (design/api.md "Batches"); blank lines are skipped. `keys[i]` is the
// input of slot i, other keys are checked for syntax and skipped. Errors: InvalidRow with the line as `row`; InvalidBatch.
Result<std::unique_ptr<OwnedBatch>> parseJsonRows(std::string_view lines, std::span<const std::string> keys);

}  // namespace fcol
