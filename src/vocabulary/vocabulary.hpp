// Vocabulary: keys to ids and back, as TensorFlow's lookup tables: the id of a key is its line, record or index.
//
// The file as it was fetched is the arena: keys are never copied out of it. Immutable after building; shared by reference.
// Safe for untrusted bytes: a file is used whole or refused with an error.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.hpp"
#include "base/dtype.hpp"
#include "text/utf8_batch.hpp"

namespace fcol {

class EarlyLines;

class Vocabulary {
 public:
  virtual ~Vocabulary() = default;

  // `size`: read only the first so many lines, and fail if there are fewer; absent: all lines, counted as TensorFlow counts
  // them (spec 2.6). `dtype`: String, or Int64 for decimal integers. `name` is for messages.
  // `early`: what has been done of this file while it arrived, or null.
  // Errors: InvalidVocabulary with the line as `row` (0-based, as TensorFlow's ids) and the line's text as `value`; OutOfMemory.
  static Result<std::shared_ptr<const Vocabulary>> fromText(Buffer<uint8_t> file, DType dtype, std::optional<uint64_t> size, std::string name,
                                                            EarlyLines* early = nullptr);
  // The uncompressed content of a `tfrecord_gzip` file. Errors: as fromText, and ChecksumMismatch.
  static Result<std::shared_ptr<const Vocabulary>> fromRecords(Buffer<uint8_t> file, DType dtype, std::optional<uint64_t> size, std::string name);
  // A file that writePrebuilt wrote (prebuilt_vocabulary.hpp), of any origin. It is all of its text: another `size` than its own is refused, and
  // so are integers. Errors: InvalidVocabulary, ChecksumMismatch, OutOfMemory.
  static Result<std::shared_ptr<const Vocabulary>> fromPrebuilt(Buffer<uint8_t> file, DType dtype, std::optional<uint64_t> size, std::string name);
  // Copies the keys. Errors: InvalidVocabulary for duplicates, with the index as `row`.
  static Result<std::shared_ptr<const Vocabulary>> fromStrings(const Utf8Batch& keys, std::string name);
  static Result<std::shared_ptr<const Vocabulary>> fromIntegers(std::span<const int64_t> keys, std::string name);

  virtual DType dtype() const = 0;   // String or Int64
  virtual uint32_t size() const = 0; // number of keys
  virtual size_t bytes() const = 0;  // resident memory, arena included
  // ids[i] = id of keys[i], or -1. `find` for strings requires dtype() == String, for integers Int64.
  virtual void find(const Utf8Batch& keys, int64_t* ids) const = 0;
  virtual void find(std::span<const int64_t> keys, int64_t* ids) const = 0;
  // The key of an id as text (integers in decimal, written into `scratch`). Requires id < size().
  virtual std::string_view key(uint32_t id, std::string& scratch) const = 0;
};

}  // namespace fcol
