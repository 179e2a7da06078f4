// Embind bindings: src/runtime/runtime.hpp, function for function. They translate types, own nothing and loop over nothing.
// One instance of the module is one runtime with its own memory, so the one object here is not shared by anybody.
#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include "base/message.hpp"
#include "vocabulary/early_lines.hpp"
#include "runtime/runtime.hpp"

// JavaScript brings a part of the module, wherever a call is just then: js/src/runtime/module_parts.ts. False: it cannot be had.
extern "C" bool bringMessages();

namespace {

using fcol::Handle;
using std::string;

fcol::Runtime& runtime() {
  static fcol::Runtime instance;
  return instance;
}

// Embind passes addresses as numbers.
using Address = uintptr_t;
uint8_t* bytesAt(Address address) { return reinterpret_cast<uint8_t*>(address); }
Address addressOf(const void* memory) { return reinterpret_cast<Address>(memory); }

// What belongs to a part of the module (parts.mjs) is a function with a name, so that it can be found.
namespace messages_part {

string takeError() { return runtime().takeError(); }

}  // namespace messages_part

namespace vocabulary_part {

Handle vocabularyFromText(Address file, size_t bytes, string dtype, double size, string name, Address early) {
  return runtime().vocabularyFromText(bytesAt(file), bytes, std::move(dtype), size, std::move(name), reinterpret_cast<fcol::EarlyLines*>(early));
}
Address earlyLines(double bytes, double size) {
  return addressOf(new fcol::EarlyLines(static_cast<uint64_t>(bytes), size >= 0 ? std::optional<uint64_t>(static_cast<uint64_t>(size)) : std::nullopt));
}
void earlyArrived(Address early, Address text, size_t bytes) { reinterpret_cast<fcol::EarlyLines*>(early)->arrived({bytesAt(text), bytes}); }
void earlyEnd(Address early) { delete reinterpret_cast<fcol::EarlyLines*>(early); }

}  // namespace vocabulary_part

namespace checkpoint_part {

Handle open(Address index, size_t bytes, string name) { return runtime().checkpointOpen(bytesAt(index), bytes, std::move(name)); }
string entries(Handle checkpoint) { return runtime().checkpointEntries(checkpoint); }
string graphPlan(Handle checkpoint) { return runtime().objectGraphPlan(checkpoint); }
string graphRead(Handle checkpoint, Address bytes, size_t size) { return runtime().objectGraphRead(checkpoint, bytesAt(bytes), size); }
Handle tensorOpen(Handle checkpoint, string tensor, bool cast) { return runtime().tensorOpen(checkpoint, std::move(tensor), cast); }
string tensorPlan(Handle tensor) { return runtime().tensorPlan(tensor); }
Address tensorRoom(Handle tensor, uint32_t piece, size_t size) { return addressOf(runtime().tensorRoom(tensor, piece, size)); }
bool tensorWritten(Handle tensor, uint32_t piece, size_t size) { return runtime().tensorWritten(tensor, piece, size); }
void tensorRewind(Handle tensor, uint32_t piece) { runtime().tensorRewind(tensor, piece); }
Handle tensorFinish(Handle tensor) { return runtime().tensorFinish(tensor); }
Handle vocabularyFromRecords(Address file, size_t bytes, string dtype, double size, string name) {
  return runtime().vocabularyFromRecords(bytesAt(file), bytes, std::move(dtype), size, std::move(name));
}

}  // namespace checkpoint_part

namespace prebuilt_part {

Handle vocabularyFromPrebuilt(Address file, size_t bytes, string dtype, double size, string name) {
  return runtime().vocabularyFromPrebuilt(bytesAt(file), bytes, std::move(dtype), size, std::move(name));
}
double prebuiltSize(Handle vocabulary) { return runtime().prebuiltSize(vocabulary); }
void prebuiltWrite(Handle vocabulary, Address file) { runtime().prebuiltWrite(vocabulary, bytesAt(file)); }

}  // namespace prebuilt_part

namespace columns_part {

Handle tableMake(double rows, double slots, double dimension, string name, uint32_t format) {
  return runtime().partialTableMake(rows, slots, dimension, std::move(name), format);
}
bool tableHold(Handle table, Address words, uint32_t count) { return runtime().tableHold(table, bytesAt(words), count); }
Address tableMissing(Handle table) { return addressOf(runtime().tableMissing(table)); }

}  // namespace columns_part

namespace rows_part {

bool examples(Handle layer, Address packed, size_t bytes, bool sequence_examples) {
  return runtime().layerRunExamples(layer, bytesAt(packed), bytes, sequence_examples);
}
bool ndjson(Handle layer, Address lines, size_t bytes) { return runtime().layerRunRows(layer, bytesAt(lines), bytes); }

}  // namespace rows_part

namespace explain_part {

string explain(Handle layer, Address packed, size_t bytes, bool ndjson) { return runtime().layerExplain(layer, bytesAt(packed), bytes, ndjson); }
string coverage(Handle layer, Address packed, size_t bytes, bool ndjson, uint32_t top) {
  return runtime().layerCoverage(layer, bytesAt(packed), bytes, ndjson, top);
}

}  // namespace explain_part
}  // namespace

// Runtime::layerRun and then output(), or null. The call of every batch goes past Embind, whose wrappers work through lists of
// types at each call where they may not use eval: a microsecond less for a batch of one row.
extern "C" EMSCRIPTEN_KEEPALIVE const uint32_t* layerRun(fcol::Handle layer, const uint8_t* packed, size_t bytes) {
  return runtime().layerRun(layer, packed, bytes) ? runtime().output() : nullptr;
}

EMSCRIPTEN_BINDINGS(feature_columns) {
  using emscripten::function;
  using emscripten::optional_override;

  fcol::message_writer = []() -> fcol::MessageWriter { return bringMessages() ? &fcol::writeMessage : nullptr; };
  function("takeError", &messages_part::takeError);

  function("allocate", optional_override([](size_t bytes) { return addressOf(runtime().allocate(bytes)); }));
  function("reallocate", optional_override([](Address memory, size_t bytes) { return addressOf(runtime().reallocate(bytesAt(memory), bytes)); }));
  function("free", optional_override([](Address memory) { runtime().free(bytesAt(memory)); }));

  function("earlyLines", &vocabulary_part::earlyLines);
  function("earlyArrived", &vocabulary_part::earlyArrived);
  function("earlyEnd", &vocabulary_part::earlyEnd);
  function("vocabularyFromText", &vocabulary_part::vocabularyFromText);
  function("vocabularyFromRecords", &checkpoint_part::vocabularyFromRecords);
  function("vocabularyFromPrebuilt", &prebuilt_part::vocabularyFromPrebuilt);
  function("prebuiltSize", &prebuilt_part::prebuiltSize);
  function("prebuiltWrite", &prebuilt_part::prebuiltWrite);
  function("vocabularySize", optional_override([](Handle vocabulary) { return runtime().vocabularySize(vocabulary); }));

  function("checkpointOpen", &checkpoint_part::open);
  function("checkpointEntries", &checkpoint_part::entries);
  function("objectGraphPlan", &checkpoint_part::graphPlan);
  function("objectGraphRead", &checkpoint_part::graphRead);
  function("tensorOpen", &checkpoint_part::tensorOpen);
  function("tensorPlan", &checkpoint_part::tensorPlan);
  function("tensorRoom", &checkpoint_part::tensorRoom);
  function("tensorWritten", &checkpoint_part::tensorWritten);
  function("tensorRewind", &checkpoint_part::tensorRewind);
  function("tensorFinish", &checkpoint_part::tensorFinish);

  function("tableMake", optional_override([](double rows, double dimension, string name, uint32_t format) {
    return runtime().tableMake(rows, dimension, std::move(name), format);
  }));
  function("partialTableMake", &columns_part::tableMake);
  function("tableHold", &columns_part::tableHold);
  function("tableMissing", &columns_part::tableMissing);
  function("tableData", optional_override([](Handle table) { return addressOf(runtime().tableData(table)); }));
  function("tableShape", optional_override([](Handle table) { return addressOf(runtime().tableShape(table)); }));

  function("layerMake", optional_override([](string json, string bits) { return runtime().layerMake(json, bits); }));
  function("layerDescribe", optional_override([](Handle layer) { return runtime().layerDescribe(layer); }));
  function("layerRunExamples", &rows_part::examples);
  function("layerRunRows", &rows_part::ndjson);
  function("layerExplain", &explain_part::explain);
  function("layerCoverage", &explain_part::coverage);
  function("output", optional_override([] { return addressOf(runtime().output()); }));

  function("release", optional_override([](Handle handle) { runtime().release(handle); }));
  function("stats", optional_override([] { return addressOf(runtime().stats()); }));
}
