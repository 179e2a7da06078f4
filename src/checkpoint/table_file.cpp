#include "checkpoint/table_file.hpp"

#include <cstring>

#include "base/crc32c.hpp"
#include "base/wire_reader.hpp"
#include "checkpoint/snappy.hpp"

namespace fcol {
namespace {

constexpr size_t kFooterSize = 48;   // two block handles, padding, magic
constexpr size_t kTrailerSize = 5;   // type and checksum behind each block
constexpr uint64_t kMagic = 0xdb4775248b80fb57;
// Keys share a prefix with the one before and writers restart every 16 of them, so honest keys are less than this times
// the size of their file. More would be a bomb.
constexpr uint64_t kMaxKeyExpansion = 64;
enum BlockType : uint8_t { kRaw = 0, kSnappy = 1 };

struct BlockHandle {
  uint64_t offset;
  uint64_t size;
};

Failure invalid(std::string_view what) {
  return error(ErrorCode::InvalidCheckpoint, "not a readable checkpoint index: {}; fetch the file again, whole and uncompressed", what);
}

uint32_t little32(const uint8_t* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

bool readHandle(WireReader& in, BlockHandle& handle) { return in.varint(handle.offset) && in.varint(handle.size); }

class TableReader {
 public:
  TableReader(Bytes file, TableVisitor& visitor) : file_(file), visitor_(visitor) {}

  Result<void> read() {
    if (file_.size() < kFooterSize) return invalid("it is shorter than its footer");
    const uint8_t* footer = file_.data() + file_.size() - kFooterSize;
    uint64_t magic;
    std::memcpy(&magic, footer + kFooterSize - sizeof magic, sizeof magic);
    if (magic != kMagic) return invalid("its last bytes are not the magic number of a table file");
    WireReader in(footer, footer + kFooterSize - sizeof magic);
    BlockHandle metaindex, index;
    if (!readHandle(in, metaindex) || !readHandle(in, index)) return invalid("its footer has no block handles");
    FCOL_TRY(block(metaindex));  // holds nothing of use; read for its checksum
    FCOL_ASSIGN(handles, block(index));
    return entries(view(handles), &TableReader::dataBlock, index_key_);
  }

 private:
  struct Block {
    Bytes raw;                 // within the file
    Buffer<uint8_t> unpacked;  // or owned
    bool owned = false;
  };
  struct LastKey {
    std::string text;
    bool any = false;
  };
  static Bytes view(const Block& block) { return block.owned ? Bytes(block.unpacked.span()) : block.raw; }

  Result<Block> block(const BlockHandle& handle) {
    const uint64_t available = file_.size() - kFooterSize;
    if (handle.offset > available || available - handle.offset < kTrailerSize || handle.size > available - handle.offset - kTrailerSize)
      return invalid("a block lies outside of it");
    const Bytes content = file_.subspan(handle.offset, handle.size);
    const uint8_t* trailer = content.data() + content.size();
    if (maskedCrc32c(file_.subspan(handle.offset, handle.size + 1)) != little32(trailer + 1))
      return error(ErrorCode::ChecksumMismatch, "the block at byte {} of the checkpoint index does not match its checksum; fetch the file again",
                   handle.offset);
    Block result;
    if (*trailer == kRaw) {
      result.raw = content;
    } else if (*trailer == kSnappy) {
      FCOL_ASSIGN(unpacked, unpackSnappy(content));
      result.unpacked = std::move(unpacked);
      result.owned = true;
    } else {
      return error(ErrorCode::Unsupported, "a block of the checkpoint index has compression type {}; only none (0) and Snappy (1) are read",
                   uint32_t{*trailer});
    }
    return result;
  }

  // Calls `take` for each entry of a block. `key` is the last one so far, over all blocks of its kind.
  Result<void> entries(Bytes content, Result<void> (TableReader::*take)(std::string_view key, Bytes value), LastKey& key) {
    if (content.size() < 4) return invalid("a block has no restart points");
    const uint64_t restarts = uint64_t{4} * little32(content.data() + content.size() - 4);
    if (restarts > content.size() - 4) return invalid("a block has more restart points than bytes");
    WireReader in(content.data(), content.data() + content.size() - 4 - restarts);
    std::string next;
    bool first_of_block = true;
    while (!in.done()) {
      uint32_t shared, unshared, size;
      if (!in.varint32(shared) || !in.varint32(unshared) || !in.varint32(size)) return invalid("a block ends within an entry");
      if (shared > (first_of_block ? 0 : key.text.size()) || unshared > in.left() || size > in.left() - unshared)
        return invalid("an entry of a block is longer than the block");
      key_bytes_ += uint64_t{shared} + unshared;
      if (key_bytes_ > kMaxKeyExpansion * file_.size()) return invalid("its keys are out of proportion to its size");
      next.assign(key.text, 0, shared);
      next.append(reinterpret_cast<const char*>(in.at()), unshared);
      in.skipBytes(unshared);
      if (key.any && next <= key.text) return invalid("its keys are not in order");
      std::swap(key.text, next);
      key.any = true;
      const Bytes value(in.at(), size);
      in.skipBytes(size);
      first_of_block = false;
      FCOL_TRY((this->*take)(key.text, value));
    }
    return {};
  }

  Result<void> dataBlock(std::string_view, Bytes value) {
    WireReader in(value);
    BlockHandle handle;
    if (!readHandle(in, handle)) return invalid("an entry of its index block is no block handle");
    if (handle.offset < next_offset_) return invalid("its blocks overlap");
    FCOL_ASSIGN(content, block(handle));
    next_offset_ = handle.offset + handle.size + kTrailerSize;
    return entries(view(content), &TableReader::record, key_);
  }

  Result<void> record(std::string_view key, Bytes value) {
    return visitor_.record(key, {reinterpret_cast<const char*>(value.data()), value.size()});
  }

  Bytes file_;
  TableVisitor& visitor_;
  LastKey key_;
  LastKey index_key_;
  uint64_t key_bytes_ = 0;
  uint64_t next_offset_ = 0;
};

}  // namespace

Result<void> readTable(Bytes file, TableVisitor& visitor) { return TableReader(file, visitor).read(); }

}  // namespace fcol
