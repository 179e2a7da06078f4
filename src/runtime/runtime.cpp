#include "runtime/runtime.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "base/json.hpp"
#include "runtime/objects.hpp"

namespace fcol {

Failure noSuchHandle(std::string_view what, Handle handle) {
  return error(ErrorCode::Disposed, "there is no {} {}: it was released", what, handle);
}

std::string Runtime::takeError() {
  if (!error_) return {};
  const Failure problem = std::move(error_);
  std::string json = "{";
  appendJsonMember(json, "code", errorCodeName(problem->code));
  appendJsonMember(json, "message", problem->message);
  if (!problem->column.empty()) appendJsonMember(json, "column", problem->column);
  if (problem->row >= 0) json.append(",\"row\":").append(toText(problem->row));
  if (!problem->value.empty()) appendJsonMember(json, "value", problem->value);
  return json += '}';
}

uint8_t* Runtime::allocate(size_t bytes) { return static_cast<uint8_t*>(std::malloc(bytes ? bytes : 1)); }

uint8_t* Runtime::reallocate(uint8_t* memory, size_t bytes) { return static_cast<uint8_t*>(std::realloc(memory, bytes ? bytes : 1)); }

void Runtime::free(uint8_t* memory) { std::free(memory); }

// --- objects by handle

bool Runtime::fail(Failure problem) {
  error_ = std::move(problem);
  return false;
}

size_t Runtime::placeOf(Handle handle) const {
  size_t from = 0, to = objects_.size();
  while (from < to) {
    const size_t middle = (from + to) / 2;
    if (objects_[middle]->handle < handle) from = middle + 1;
    else to = middle;
  }
  return from;
}

Runtime::Object* Runtime::objectOf(Handle handle) const {
  const size_t at = placeOf(handle);
  return at < objects_.size() && objects_[at]->handle == handle ? &objects_[at]->object : nullptr;
}

std::shared_ptr<const Vocabulary> Runtime::vocabulary(uint32_t handle) const {
  const auto* object = std::get_if<VocabularyPointer>(objectOf(handle));
  return object ? *object : nullptr;
}

std::shared_ptr<const EmbeddingTable> Runtime::table(uint32_t handle) const {
  const Object* held = objectOf(handle);
  if (const auto* object = std::get_if<TablePointer>(held)) return *object;
  const auto* writable = std::get_if<WritableTablePointer>(held);
  return writable ? *writable : nullptr;
}

void Runtime::release(Handle handle) {
  const size_t at = placeOf(handle);
  if (at < objects_.size() && objects_[at]->handle == handle) objects_.erase(objects_.begin() + static_cast<std::ptrdiff_t>(at));
}

const double* Runtime::stats() {
  std::fill(std::begin(stats_), std::end(stats_), 0.0);
  for (const auto& held : objects_) {
    const Object& object = held->object;
    if (const auto* vocabulary = std::get_if<VocabularyPointer>(&object)) {
      ++stats_[0];
      stats_[1] += static_cast<double>((*vocabulary)->bytes());
    } else if (std::holds_alternative<CheckpointPointer>(object)) {
      ++stats_[4];
    } else if (std::holds_alternative<TensorPointer>(object)) {
      ++stats_[5];
    } else if (std::holds_alternative<LayerPointer>(object)) {
      ++stats_[6];
    } else {
      ++stats_[2];
      stats_[3] += static_cast<double>(table(held->handle)->bytes());
    }
  }
  return stats_;
}

}  // namespace fcol
