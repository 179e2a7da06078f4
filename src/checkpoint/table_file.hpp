// Table files: the sorted string tables in which a checkpoint keeps its index (LevelDB's format). Spec 8.2.
#pragma once

#include <string>

#include "base/buffer.hpp"

namespace fcol {

// Takes the records of a table in the order of their keys.
class TableVisitor {
 public:
  // `key` and `value` are valid during the call. An error ends the reading.
  virtual Result<void> record(std::string_view key, std::string_view value) = 0;

 protected:
  ~TableVisitor() = default;
};

// Reads a whole table: footer, index block, each data block, raw or Snappy, with all checksums. Restart points are not
// used and so not trusted. Keys must strictly increase and blocks follow each other, as every writer makes them; so hostile
// bytes cost time and memory in proportion to their number.
// Errors: InvalidCheckpoint, ChecksumMismatch, Unsupported (another compression), OutOfMemory; and the visitor's.
Result<void> readTable(Bytes file, TableVisitor& visitor);

}  // namespace fcol
