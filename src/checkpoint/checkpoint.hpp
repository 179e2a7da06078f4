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
uint32_t tensorDTypeSize(int dtype);          // bytes of a value; 0 for strings and what is not in TensorDType

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

// The Saver's names of the tensors in an object-based checkpoint (object_graph.hpp): full_name → the key it has here. The
// key is empty where one name stands for several tensors.
using ObjectNames = std::map<std::string, std::string, std::less<>>;

class Checkpoint {
 public:
  // The bytes of `<prefix>.index`. `name` is for messages. Everything the index says is checked here: entries against
  // their shapes, slices for covering their tensor exactly, shards. Errors: InvalidCheckpoint, ChecksumMismatch,
  // Unsupported (a version that asks for a newer reader, a compression other than Snappy), OutOfMemory.
  static Result<std::shared_ptr<const Checkpoint>> open(Bytes index, std::string name);

  const std::string& name() const { return name_; }
  uint32_t shards() const { return shards_; }
  bool bigEndian() const { return big_endian_; }
  const std::map<std::string, TensorEntry, std::less<>>& entries() const { return entries_; }
  // By its key, or else by its name in `names` (the object graph of an object-based checkpoint, if it was read).
  // Errors: TensorNotFound, "Tensor … is not found in … checkpoint {…}", with the nearest names and their shapes.
  Result<const TensorEntry*> find(std::string_view tensor, const ObjectNames* names = nullptr) const;

 private:
  friend class BundleIndex;
  Checkpoint() = default;
  Failure notFound(std::string_view tensor) const;

  std::string name_;
  uint32_t shards_ = 1;
  bool big_endian_ = false;
  std::map<std::string, TensorEntry, std::less<>> entries_;
};

// Puts the pieces of one tensor into a float32 table (rank 0 and 1: one row; rank 2: as it is; more: the last dimension is
// the row). Pieces come in any order and side by side, the bytes of each from its first to its last; their checksums are
// computed as they come. The table is handed out only when all have come and their checksums hold.
// half and bfloat16 are taken too, exactly. `cast`: also double, the integers and bool, each value rounded to the nearest
// float32; without it they are refused as TensorFlow refuses them.
class TensorReader {
 public:
  // Errors: DtypeMismatch ("expected dtype float does not equal original dtype …"), ShapeMismatch, OutOfMemory.
  static Result<std::unique_ptr<TensorReader>> open(std::shared_ptr<const Checkpoint> checkpoint, const TensorEntry& entry, bool cast = false);
  const TensorEntry& entry() const { return *entry_; }
  // Where the next `size` bytes of a piece are to be written, at most kMostAtOnce: in the table itself where they are stored as
  // they come. Valid until the next call. Errors: InvalidArgument if there is no such piece; ShapeMismatch if it is shorter.
  static constexpr size_t kMostAtOnce = 128 * 1024;
  Result<uint8_t*> room(size_t index, size_t size);
  // Says that they are there. Errors: those of room; ChecksumMismatch, at the end of the piece.
  Result<void> written(size_t index, size_t size);
  // The piece begins anew.
  void rewind(size_t index);
  // A whole piece. Errors: ShapeMismatch if `bytes` has another size, ChecksumMismatch, InvalidArgument if there is no such piece.
  Result<void> piece(size_t index, Bytes bytes);
  // Errors: InvalidCheckpoint if a piece is missing.
  Result<std::shared_ptr<const EmbeddingTable>> finish();

 private:
  static constexpr size_t kLargestValue = 8;
  struct Progress {
    uint64_t at = 0;  // bytes that have come
    uint32_t crc = 0;
    bool whole = false;              // all have come, and the checksum holds
    uint8_t rest[kLargestValue] = {};  // the beginning of a value that has not all come
  };

  TensorReader() = default;
  Result<void> check(size_t index, size_t size) const;
  bool storedAsItComes(const TensorPiece& piece) const;
  size_t firstValue(const TensorPiece& piece) const;
  void place(const TensorPiece& piece, uint64_t first, const uint8_t* values, size_t count);

  std::shared_ptr<const Checkpoint> checkpoint_;
  const TensorEntry* entry_ = nullptr;
  std::shared_ptr<EmbeddingTable> table_;
  std::vector<Progress> pieces_;
  Buffer<uint8_t> scratch_;
};

}  // namespace fcol
