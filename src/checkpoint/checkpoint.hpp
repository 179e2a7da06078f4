// Checkpoint: TensorFlow's tensor bundle (checkpoint V2). The index says where each tensor's bytes lie; the caller fetches
// just those bytes of the data shards, and a TensorReader puts them together, checks them and gives the tensor. Spec 8.
//
// Safe for untrusted bytes: every offset, size, shape and count is checked before it is used; nothing is half-read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/buffer.hpp"
#include "embedding/embedding_table.hpp"

namespace fcol {

// DataType of TensorFlow's types.proto.
enum class TensorDType : uint8_t {
  Float = 1, Double = 2, Int32 = 3, UInt8 = 4, Int16 = 5, Int8 = 6, String = 7, Complex64 = 8, Int64 = 9, Bool = 10,
  BFloat16 = 14, UInt16 = 17, Complex128 = 18, Half = 19, UInt32 = 22, UInt64 = 23,
};
std::string_view tensorDTypeName(int dtype);  // "float", "double", "bfloat16", …; "dtype 99" never: empty if unknown

// A run of bytes of a data shard that belongs to a tensor.
struct TensorPiece {
  uint32_t shard;
  uint64_t offset;
  uint64_t size;
  uint32_t masked_crc;
  std::vector<uint64_t> start;   // where it lies in the full tensor; empty: it is the whole
  std::vector<uint64_t> extent;
};

struct TensorEntry {
  std::string name;
  int dtype;
  std::vector<uint64_t> shape;
  std::vector<TensorPiece> pieces;  // one, or one a slice of a partitioned variable; together they cover the tensor exactly
};

class Checkpoint {
 public:
  // The bytes of `<prefix>.index`. `name` is for messages. Errors: InvalidCheckpoint, ChecksumMismatch, Unsupported.
  static Result<std::shared_ptr<const Checkpoint>> open(Bytes index, std::string name);

  const std::string& name() const { return name_; }
  uint32_t shards() const { return shards_; }
  const std::map<std::string, TensorEntry, std::less<>>& entries() const { return entries_; }
  // Errors: TensorNotFound, "Tensor … is not found in … checkpoint", with the nearest names; InvalidCheckpoint if slices
  // leave a hole or overlap.
  Result<const TensorEntry*> find(std::string_view tensor) const;

 private:
  Checkpoint() = default;
  std::string name_;
  uint32_t shards_ = 1;
  bool big_endian_ = false;
  std::map<std::string, TensorEntry, std::less<>> entries_;
};

// Puts the pieces of one float32 tensor into a table (rank 0 and 1: one row; rank 2: as it is; more: the last dimension is
// the row). Pieces come in any order, each whole. The table is handed out only when all have come and their checksums hold.
class TensorReader {
 public:
  // Errors: DtypeMismatch ("expected dtype float does not equal original dtype …"), ShapeMismatch, OutOfMemory.
  static Result<std::unique_ptr<TensorReader>> open(std::shared_ptr<const Checkpoint> checkpoint, const TensorEntry& entry);
  const TensorEntry& entry() const { return *entry_; }
  // Errors: ShapeMismatch if `bytes` has another size, ChecksumMismatch.
  Result<void> piece(size_t index, Bytes bytes);
  Result<std::shared_ptr<const EmbeddingTable>> finish();

 private:
  TensorReader() = default;
  std::shared_ptr<const Checkpoint> checkpoint_;
  const TensorEntry* entry_ = nullptr;
  std::shared_ptr<EmbeddingTable> table_;
  std::vector<bool> done_;
};

}  // namespace fcol
