// Checkpoints of a runtime: what is in them, and their tensors, piece by piece.
#include "base/join.hpp"
#include "base/json.hpp"
#include "checkpoint/object_graph.hpp"
#include "checkpoint/string_tensor.hpp"
#include "runtime/objects.hpp"

namespace fcol {
namespace {

std::string shapeJson(std::span<const uint64_t> shape) {
  std::string json = "[";
  for (const uint64_t size : shape) json.append(json.size() > 1 ? "," : "").append(toText(size));
  return json += ']';
}

std::string pieceJson(const TensorPiece& piece) {
  return joined({"{\"shard\":", toText(piece.shard), ",\"offset\":", toText(piece.offset), ",\"size\":", toText(piece.size), "}"});
}

std::string tensorJson(const TensorEntry& entry) {
  std::string json = joined({"{\"dtype\":\"", tensorDTypeName(entry.dtype), "\",\"shape\":", shapeJson(entry.shape), ",\"pieces\":["});
  for (const auto& piece : entry.pieces) {
    if (json.back() != '[') json += ',';
    json += pieceJson(piece);
  }
  return json += "]}";
}

}  // namespace

Handle Runtime::checkpointOpen(const uint8_t* index, size_t bytes, std::string name) {
  return keep(Checkpoint::open({index, bytes}, std::move(name)));
}

std::string Runtime::checkpointEntries(Handle handle) {
  const auto* object = find<CheckpointPointer>(handle, "checkpoint");
  if (!object) return {};
  std::string json = joined({"{\"shards\":", toText((*object)->shards()), ",\"tensors\":{"});
  for (const auto& [name, entry] : (*object)->entries()) {
    if (json.back() != '{') json += ',';
    appendJsonString(json, name);
    (json += ':') += tensorJson(entry);
  }
  return json += "}}";
}

std::string Runtime::objectGraphPlan(Handle handle) {
  const auto* object = find<CheckpointPointer>(handle, "checkpoint");
  if (!object) return {};
  auto entry = (*object)->find(kObjectGraphKey);
  if (!entry) return fail(entry.takeFailure()), "";
  if ((*entry)->pieces.size() != 1)
    return fail(error(ErrorCode::InvalidCheckpoint, "{}: {} is no scalar", (*object)->name(), kObjectGraphKey)), "";
  return pieceJson((*entry)->pieces[0]);
}

std::string Runtime::objectGraphRead(Handle handle, const uint8_t* bytes, size_t size) {
  const auto* object = find<CheckpointPointer>(handle, "checkpoint");
  if (!object) return {};
  auto entry = (*object)->find(kObjectGraphKey);
  if (!entry) return fail(entry.takeFailure()), "";
  auto graph = readStringTensor(**entry, {bytes, size});
  if (!graph) return fail(graph.takeFailure()), "";
  auto names = objectGraphNames(*graph);
  if (!names) return fail(names.takeFailure()), "";
  std::string json = "{";
  for (const auto& [name, key] : *names) appendJsonMember(json, name, key);
  return json += '}';
}

Handle Runtime::tensorOpen(Handle handle, std::string tensor, bool cast) {
  const auto* object = find<CheckpointPointer>(handle, "checkpoint");
  if (!object) return 0;
  auto entry = (*object)->find(tensor);
  if (!entry) return fail(entry.takeFailure());
  return keep(TensorReader::open(*object, **entry, cast));
}

std::string Runtime::tensorPlan(Handle handle) {
  const auto* object = find<TensorPointer>(handle, "tensor");
  if (!object) return {};
  return tensorJson((*object)->entry());
}

uint8_t* Runtime::tensorRoom(Handle handle, uint32_t piece, size_t size) {
  const auto* object = find<TensorPointer>(handle, "tensor");
  if (!object) return nullptr;
  auto room = (*object)->room(piece, size);
  if (!room) return fail(room.takeFailure()), nullptr;
  return *room;
}

bool Runtime::tensorWritten(Handle handle, uint32_t piece, size_t size) {
  const auto* object = find<TensorPointer>(handle, "tensor");
  if (!object) return false;
  auto result = (*object)->written(piece, size);
  return result ? true : fail(result.takeFailure());
}

void Runtime::tensorRewind(Handle handle, uint32_t piece) {
  if (const auto* object = find<TensorPointer>(handle, "tensor")) (*object)->rewind(piece);
}

Handle Runtime::tensorFinish(Handle handle) {
  const auto* object = find<TensorPointer>(handle, "tensor");
  if (!object) return 0;
  const Handle table = keep((*object)->finish());
  release(handle);
  return table;
}

}  // namespace fcol
