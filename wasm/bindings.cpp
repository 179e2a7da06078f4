// The exports of the module: src/runtime/runtime.hpp, function for function. They translate types, own nothing and loop over nothing.
// One instance of the module is one runtime with its own memory, so the one object here is not shared by anybody. js/src/runtime/module.ts
// is the other half; Embind, which would do for any types what this does for text and numbers, was a twentieth of what every page loads.
#include <emscripten/emscripten.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/runtime.hpp"

namespace {

using fcol::Handle;
using std::string;

fcol::Runtime& runtime() {
  static fcol::Runtime instance;
  return instance;
}

// Text that JavaScript hands over, and frees after the call.
struct Text {
  uint32_t size;
  char bytes[];

  operator string() const { return {bytes, size}; }
  operator std::string_view() const { return {bytes, size}; }
};

// Text for JavaScript, which frees it; null if there is no memory for it.
Text* given(const string& text) {
  auto* const copy = static_cast<Text*>(std::malloc(sizeof(Text) + text.size()));
  if (copy) {
    copy->size = static_cast<uint32_t>(text.size());
    std::memcpy(copy->bytes, text.data(), text.size());
  }
  return copy;
}

}  // namespace

#define FCOL_EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

FCOL_EXPORT Text* takeError() { return given(runtime().takeError()); }

// To free: the C library's own function, which the link exports.
FCOL_EXPORT uint8_t* allocate(size_t bytes) { return runtime().allocate(bytes); }
FCOL_EXPORT uint8_t* reallocate(uint8_t* memory, size_t bytes) { return runtime().reallocate(memory, bytes); }

FCOL_EXPORT Handle vocabularyFromText(uint8_t* file, size_t bytes, const Text& dtype, double size, const Text& name) {
  return runtime().vocabularyFromText(file, bytes, dtype, size, name);
}
FCOL_EXPORT Handle vocabularyFromRecords(uint8_t* file, size_t bytes, const Text& dtype, double size, const Text& name) {
  return runtime().vocabularyFromRecords(file, bytes, dtype, size, name);
}
FCOL_EXPORT Handle vocabularyFromPrebuilt(uint8_t* file, size_t bytes, const Text& dtype, double size, const Text& name) {
  return runtime().vocabularyFromPrebuilt(file, bytes, dtype, size, name);
}
FCOL_EXPORT double prebuiltSize(Handle vocabulary) { return runtime().prebuiltSize(vocabulary); }
FCOL_EXPORT void prebuiltWrite(Handle vocabulary, uint8_t* file) { runtime().prebuiltWrite(vocabulary, file); }
FCOL_EXPORT uint32_t vocabularySize(Handle vocabulary) { return runtime().vocabularySize(vocabulary); }

FCOL_EXPORT Handle checkpointOpen(const uint8_t* index, size_t bytes, const Text& name) { return runtime().checkpointOpen(index, bytes, name); }
FCOL_EXPORT Text* checkpointEntries(Handle checkpoint) { return given(runtime().checkpointEntries(checkpoint)); }
FCOL_EXPORT Text* objectGraphPlan(Handle checkpoint) { return given(runtime().objectGraphPlan(checkpoint)); }
FCOL_EXPORT Text* objectGraphRead(Handle checkpoint, const uint8_t* bytes, size_t size) { return given(runtime().objectGraphRead(checkpoint, bytes, size)); }
FCOL_EXPORT Handle tensorOpen(Handle checkpoint, const Text& tensor) { return runtime().tensorOpen(checkpoint, tensor); }
FCOL_EXPORT Text* tensorPlan(Handle tensor) { return given(runtime().tensorPlan(tensor)); }
FCOL_EXPORT uint8_t* tensorRoom(Handle tensor, uint32_t piece, size_t size) { return runtime().tensorRoom(tensor, piece, size); }
FCOL_EXPORT bool tensorWritten(Handle tensor, uint32_t piece, size_t size) { return runtime().tensorWritten(tensor, piece, size); }
FCOL_EXPORT void tensorRewind(Handle tensor, uint32_t piece) { runtime().tensorRewind(tensor, piece); }
FCOL_EXPORT Handle tensorFinish(Handle tensor) { return runtime().tensorFinish(tensor); }

FCOL_EXPORT Handle tableMake(double rows, double dimension, const Text& name, uint32_t format) { return runtime().tableMake(rows, dimension, name, format); }
FCOL_EXPORT Handle partialTableMake(double rows, double slots, double dimension, const Text& name, uint32_t format) {
  return runtime().partialTableMake(rows, slots, dimension, name, format);
}
FCOL_EXPORT bool tableHold(Handle table, const uint8_t* words, uint32_t count) { return runtime().tableHold(table, words, count); }
FCOL_EXPORT const void* tableMissing(Handle table) { return runtime().tableMissing(table); }
FCOL_EXPORT uint8_t* tableData(Handle table) { return runtime().tableData(table); }
FCOL_EXPORT Text* tableShape(Handle table) { return given(runtime().tableShape(table)); }

FCOL_EXPORT Handle layerMake(const Text& json, const Text& bits) { return runtime().layerMake(json, bits); }
FCOL_EXPORT Text* layerDescribe(Handle layer) { return given(runtime().layerDescribe(layer)); }
// Runtime::layerRun and then output(), or null: one call for every batch.
FCOL_EXPORT const uint32_t* layerRun(Handle layer, const uint8_t* packed, size_t bytes) {
  return runtime().layerRun(layer, packed, bytes) ? runtime().output() : nullptr;
}
FCOL_EXPORT bool layerRunExamples(Handle layer, const uint8_t* packed, size_t bytes, bool sequence_examples) {
  return runtime().layerRunExamples(layer, packed, bytes, sequence_examples);
}
FCOL_EXPORT bool layerRunRows(Handle layer, const uint8_t* lines, size_t bytes) { return runtime().layerRunRows(layer, lines, bytes); }
FCOL_EXPORT Text* layerExplain(Handle layer, const uint8_t* packed, size_t bytes, bool ndjson) {
  return given(runtime().layerExplain(layer, packed, bytes, ndjson));
}
FCOL_EXPORT Text* layerCoverage(Handle layer, const uint8_t* packed, size_t bytes, bool ndjson, uint32_t top) {
  return given(runtime().layerCoverage(layer, packed, bytes, ndjson, top));
}
FCOL_EXPORT const uint32_t* output() { return runtime().output(); }

FCOL_EXPORT void release(Handle handle) { runtime().release(handle); }
FCOL_EXPORT Text* stats() { return given(runtime().stats()); }

// --- in place of what emscripten does in JavaScript, or by asking the system

// The end, by a trap: an import would only throw.
extern "C" [[noreturn]] void __wrap_abort() { __builtin_trap(); }

// Memory grows by 5 % of what is there, or by what is wanted: the next growth after a large table does not add a fifth to all that.
extern "C" int __real_emscripten_resize_heap(size_t size);
extern "C" int __wrap_emscripten_resize_heap(size_t size) {
  constexpr uint64_t kPage = 65536, kMost = 65535 * kPage, kAhead = 96 << 20;
  const uint64_t more = __builtin_wasm_memory_size(0) * kPage / 20 * 21;
  const uint64_t ample = std::min({std::max(more, uint64_t{size}), size + kAhead, kMost});
  return (ample > size && __real_emscripten_resize_heap(static_cast<size_t>(ample))) || __real_emscripten_resize_heap(size);
}
