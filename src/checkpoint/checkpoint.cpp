#include "checkpoint/checkpoint.hpp"

#include <algorithm>

#include "checkpoint/bundle_entry.hpp"
#include "checkpoint/slice_cover.hpp"
#include "checkpoint/table_file.hpp"

namespace fcol {
namespace {

struct DTypeFacts {
  uint8_t number;
  uint8_t size;
  const char* name;
};
constexpr DTypeFacts kDTypes[] = {
  {1, 4, "float"}, {2, 8, "double"}, {3, 4, "int32"}, {4, 1, "uint8"}, {5, 2, "int16"}, {6, 1, "int8"}, {7, 0, "string"},
  {8, 8, "complex64"}, {9, 8, "int64"}, {10, 1, "bool"}, {14, 2, "bfloat16"}, {17, 2, "uint16"}, {18, 16, "complex128"},
  {19, 2, "half"}, {22, 4, "uint32"}, {23, 8, "uint64"},
};

const DTypeFacts* factsOf(int dtype) {
  for (const auto& each : kDTypes)
    if (each.number == dtype) return &each;
  return nullptr;
}

std::string shapeText(const std::vector<uint64_t>& shape) {
  std::string text = "[";
  for (const uint64_t size : shape) text += format("{}{}", text.size() > 1 ? ", " : "", size);
  return text + "]";
}

Failure contradiction(std::string_view tensor, std::string_view what) {
  return error(ErrorCode::InvalidCheckpoint, "tensor {} of the checkpoint contradicts itself: {}", quoted(tensor), what);
}

}  // namespace

std::string_view tensorDTypeName(int dtype) {
  const auto* facts = factsOf(dtype);
  return facts ? facts->name : "";
}

uint32_t tensorDTypeSize(int dtype) {
  const auto* facts = factsOf(dtype);
  return facts ? facts->size : 0;
}

// Gathers the records of the index: tensors and, under their own keys, the slices of partitioned ones.
class BundleIndex final : public TableVisitor {
 public:
  Result<void> record(std::string_view key, std::string_view value) override {
    if (!has_header_) {
      if (!key.empty()) return error(ErrorCode::InvalidCheckpoint, "the checkpoint index has no header: it is another kind of table file");
      FCOL_ASSIGN(header, readBundleHeader(value));
      header_ = header;
      has_header_ = true;
      return {};
    }
    FCOL_ASSIGN(entry, readBundleEntry(key, value));
    if (entry.slices.empty() && entry.shard >= header_.shards)
      return contradiction(key, format("it is in shard {} of {}", entry.shard, header_.shards));
    if (key[0] != '\0') {
      entries_.push_back({std::string(key), std::move(entry)});
      return {};
    }
    auto slice = readSliceKey(key);
    if (!slice || !entry.slices.empty()) return contradiction(key, "its key begins as a slice's does, but names none");
    slices_[std::move(slice->name)].push_back({std::move(slice->slice), std::move(entry)});
    return {};
  }

  Result<void> finish(Checkpoint& checkpoint) {
    if (!has_header_) return error(ErrorCode::InvalidCheckpoint, "the checkpoint index is empty: it has no header");
    checkpoint.shards_ = header_.shards;
    checkpoint.big_endian_ = header_.big_endian;
    for (auto& [name, entry] : entries_) {
      TensorEntry tensor{name, entry.dtype, entry.shape, {}};
      if (entry.slices.empty()) {
        FCOL_TRY(checkSize(name, entry, entry.shape));
        tensor.pieces.push_back({entry.shard, entry.offset, entry.size, entry.masked_crc, {}, {}});
      } else {
        FCOL_TRY(addSlices(tensor, entry));
      }
      checkpoint.entries_.emplace_hint(checkpoint.entries_.end(), std::move(name), std::move(tensor));
    }
    if (!slices_.empty()) return contradiction(slices_.begin()->first, "it has slices that its entry does not list");
    return {};
  }

 private:
  struct Slice {
    TensorSlice extents;
    BundleEntry entry;
  };

  // The bytes of a tensor or slice must be as many as its shape and dtype say.
  static Result<void> checkSize(std::string_view name, const BundleEntry& entry, const std::vector<uint64_t>& shape) {
    if (entry.size > UINT64_MAX / 2 - entry.offset) return contradiction(name, "its bytes end nowhere");
    const auto* facts = factsOf(entry.dtype);
    if (!facts) return {};  // such as a variant: listed, and refused when it is asked for
    const auto count = elementsOf(shape);
    const bool is_string = entry.dtype == static_cast<int>(TensorDType::String);
    // A string takes at least the byte of its length, and all of them the checksum of the lengths.
    const bool right = count && (is_string ? *count <= entry.size && entry.size - *count >= 4
                                           : *count <= entry.size / facts->size && *count * facts->size == entry.size);
    if (right) return {};
    return contradiction(name, format("its shape {} of {} does not take {} bytes", shapeText(shape), std::string_view(facts->name), entry.size));
  }

  Result<void> addSlices(TensorEntry& tensor, const BundleEntry& entry) {
    const auto found = slices_.find(tensor.name);
    if (found == slices_.end() || found->second.size() != entry.slices.size())
      return contradiction(tensor.name, format("it lists {} slices but the index has {}", entry.slices.size(),
                                               found == slices_.end() ? size_t{0} : found->second.size()));
    for (const auto& slice : found->second) {
      TensorPiece piece{slice.entry.shard, slice.entry.offset, slice.entry.size, slice.entry.masked_crc, {}, {}};
      if (slice.entry.dtype != tensor.dtype) return contradiction(tensor.name, "a slice has another dtype");
      if (!placeSlice(slice.extents, tensor.shape, piece)) return contradiction(tensor.name, "a slice lies outside of it");
      if (slice.entry.shape != piece.extent) return contradiction(tensor.name, "a slice has another shape than its place");
      FCOL_TRY(checkSize(tensor.name, slice.entry, piece.extent));
      tensor.pieces.push_back(std::move(piece));
    }
    // What the entry lists must be what there is: both in the order of places then.
    std::vector<TensorPiece> listed(entry.slices.size());
    for (size_t i = 0; i < listed.size(); ++i)
      if (!placeSlice(entry.slices[i], tensor.shape, listed[i])) return contradiction(tensor.name, "it lists a slice outside of it");
    const auto by_place = [](const TensorPiece& a, const TensorPiece& b) { return a.start < b.start; };
    std::sort(tensor.pieces.begin(), tensor.pieces.end(), by_place);
    std::sort(listed.begin(), listed.end(), by_place);
    for (size_t i = 0; i < listed.size(); ++i)
      if (listed[i].start != tensor.pieces[i].start || listed[i].extent != tensor.pieces[i].extent)
        return contradiction(tensor.name, "it lists a slice that the index has not");
    switch (coverOf(tensor.pieces, tensor.shape)) {
      case Cover::Exact: break;
      case Cover::Hole: return contradiction(tensor.name, "its slices leave a hole");
      case Cover::Overlap: return contradiction(tensor.name, "its slices overlap");
      case Cover::TooMany: return error(ErrorCode::Unsupported, "tensor {} has too many slices along several axes", quoted(tensor.name));
    }
    slices_.erase(found);
    return {};
  }

  bool has_header_ = false;
  BundleHeader header_;
  std::vector<std::pair<std::string, BundleEntry>> entries_;
  std::map<std::string, std::vector<Slice>> slices_;
};

Result<std::shared_ptr<const Checkpoint>> Checkpoint::open(Bytes index, std::string name) {
  std::shared_ptr<Checkpoint> checkpoint(new Checkpoint);
  checkpoint->name_ = std::move(name);
  BundleIndex gathered;
  auto done = readTable(index, gathered);
  if (done) done = gathered.finish(*checkpoint);
  if (!done) {
    done.error().message = format("{}: {}", checkpoint->name_, done.error().message);
    return done.takeFailure();
  }
  return std::shared_ptr<const Checkpoint>(std::move(checkpoint));
}

Result<const TensorEntry*> Checkpoint::find(std::string_view tensor, const ObjectNames* names) const {
  auto found = entries_.find(tensor);
  if (found == entries_.end() && names) {
    const auto named = names->find(tensor);
    if (named != names->end() && named->second.empty())
      return error(ErrorCode::TensorNotFound,
                   "Tensor {} is not found in {} checkpoint by its key, and several of its objects have "
                   "this name; give the checkpoint key", tensor, name_);
    if (named != names->end()) found = entries_.find(named->second);
  }
  if (found == entries_.end()) return notFound(tensor);
  return &found->second;
}

Failure Checkpoint::notFound(std::string_view tensor) const {
  // The nearest first: those with the longest common beginning and end, as scopes and slots differ there.
  constexpr size_t kShown = 5;
  std::vector<std::pair<size_t, const TensorEntry*>> nearest;
  for (const auto& [name, entry] : entries_) {
    const size_t shorter = std::min(name.size(), tensor.size());
    size_t head = 0, tail = 0;
    while (head < shorter && name[head] == tensor[head]) ++head;
    while (tail < shorter && name[name.size() - 1 - tail] == tensor[tensor.size() - 1 - tail]) ++tail;
    size_t at = nearest.size();
    while (at > 0 && nearest[at - 1].first < head + tail) --at;
    if (at == kShown) continue;
    if (nearest.size() == kShown) nearest.pop_back();
    nearest.insert(nearest.begin() + static_cast<std::ptrdiff_t>(at), {head + tail, &entry});
  }
  std::string text = format("Tensor {} is not found in {} checkpoint {", tensor, name_);
  for (size_t i = 0; i < nearest.size(); ++i)
    text += format("{}{}': {}", i ? ", '" : "'", nearest[i].second->name, shapeText(nearest[i].second->shape));
  text += entries_.size() > kShown ? format(", and {} more}", static_cast<uint64_t>(entries_.size() - kShown)) : "}";
  Failure result = error(ErrorCode::TensorNotFound, "{}", text);
  result->value = tensor;
  return result;
}

}  // namespace fcol
