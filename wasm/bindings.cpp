// Embind bindings: src/runtime/runtime.hpp, function for function. They translate types, own nothing and loop over nothing.
// One instance of the module is one runtime with its own memory, so the one object here is not shared by anybody.
#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include "runtime/runtime.hpp"

namespace {

fcol::Runtime& runtime() {
  static fcol::Runtime instance;
  return instance;
}

// Embind passes addresses as numbers.
using Address = uintptr_t;
uint8_t* bytesAt(Address address) { return reinterpret_cast<uint8_t*>(address); }
Address addressOf(const void* memory) { return reinterpret_cast<Address>(memory); }

}  // namespace

// Runtime::layerRun and then output(), or null. The call of every batch goes past Embind, whose wrappers work through lists of
// types at each call where they may not use eval: a microsecond less for a batch of one row.
extern "C" EMSCRIPTEN_KEEPALIVE const uint32_t* layerRun(fcol::Handle layer, const uint8_t* packed, size_t bytes) {
  return runtime().layerRun(layer, packed, bytes) ? runtime().output() : nullptr;
}

EMSCRIPTEN_BINDINGS(feature_columns) {
  using emscripten::function;
  using emscripten::optional_override;
  using std::string;
  using fcol::Handle;

  function("takeError", optional_override([] { return runtime().takeError(); }));

  function("allocate", optional_override([](size_t bytes) { return addressOf(runtime().allocate(bytes)); }));
  function("reallocate", optional_override([](Address memory, size_t bytes) { return addressOf(runtime().reallocate(bytesAt(memory), bytes)); }));
  function("free", optional_override([](Address memory) { runtime().free(bytesAt(memory)); }));

  function("vocabularyFromText", optional_override([](Address file, size_t bytes, string dtype, double size, string name) {
    return runtime().vocabularyFromText(bytesAt(file), bytes, dtype, size, name);
  }));
  function("vocabularyFromRecords", optional_override([](Address file, size_t bytes, string dtype, double size, string name) {
    return runtime().vocabularyFromRecords(bytesAt(file), bytes, dtype, size, name);
  }));
  function("vocabularySize", optional_override([](Handle vocabulary) { return runtime().vocabularySize(vocabulary); }));
  function("vocabularyKey", optional_override([](Handle vocabulary, uint32_t id) { return runtime().vocabularyKey(vocabulary, id); }));
  function("vocabularyFind", optional_override([](Handle vocabulary, string key) { return runtime().vocabularyFind(vocabulary, key); }));

  function("checkpointOpen", optional_override([](Address index, size_t bytes, string name) {
    return runtime().checkpointOpen(bytesAt(index), bytes, name);
  }));
  function("checkpointEntries", optional_override([](Handle checkpoint) { return runtime().checkpointEntries(checkpoint); }));
  function("objectGraphPlan", optional_override([](Handle checkpoint) { return runtime().objectGraphPlan(checkpoint); }));
  function("objectGraphRead", optional_override([](Handle checkpoint, Address bytes, size_t size) {
    return runtime().objectGraphRead(checkpoint, bytesAt(bytes), size);
  }));
  function("tensorOpen", optional_override([](Handle checkpoint, string tensor) { return runtime().tensorOpen(checkpoint, tensor); }));
  function("tensorPlan", optional_override([](Handle tensor) { return runtime().tensorPlan(tensor); }));
  function("tensorPiece", optional_override([](Handle tensor, uint32_t piece, Address bytes, size_t size) {
    return runtime().tensorPiece(tensor, piece, bytesAt(bytes), size);
  }));
  function("tensorFinish", optional_override([](Handle tensor) { return runtime().tensorFinish(tensor); }));

  function("tableMake", optional_override([](double rows, double dimension, string name, uint32_t format) { return runtime().tableMake(rows, dimension, name, format); }));
  function("tableData", optional_override([](Handle table) { return addressOf(runtime().tableData(table)); }));
  function("tableShape", optional_override([](Handle table) { return runtime().tableShape(table); }));

  function("layerMake", optional_override([](string json) { return runtime().layerMake(json); }));
  function("layerDescribe", optional_override([](Handle layer) { return runtime().layerDescribe(layer); }));
  function("layerRunExamples", optional_override([](Handle layer, Address packed, size_t bytes, bool sequence_examples) {
    return runtime().layerRunExamples(layer, bytesAt(packed), bytes, sequence_examples);
  }));
  function("layerRunRows", optional_override([](Handle layer, Address lines, size_t bytes) {
    return runtime().layerRunRows(layer, bytesAt(lines), bytes);
  }));
  function("layerExplain", optional_override([](Handle layer, Address packed, size_t bytes, bool ndjson) {
    return runtime().layerExplain(layer, bytesAt(packed), bytes, ndjson);
  }));
  function("layerCoverage", optional_override([](Handle layer, Address packed, size_t bytes, bool ndjson, uint32_t top) {
    return runtime().layerCoverage(layer, bytesAt(packed), bytes, ndjson, top);
  }));
  function("output", optional_override([] { return addressOf(runtime().output()); }));

  function("release", optional_override([](Handle handle) { runtime().release(handle); }));
  function("stats", optional_override([] { return runtime().stats(); }));
}
