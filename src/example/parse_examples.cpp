// tf.io.parse_example.
#include "example/example_slots.hpp"
#include "example/example_wire.hpp"

namespace fcol {
namespace {

class ParsedExamples final : public OwnedBatch {
 public:
  explicit ParsedExamples(ExampleSlots slots) : slots_(std::move(slots)) {}
  const FeatureBatch& batch() const override { return batch_; }

  Result<void> parse(const Utf8Batch& examples) {
    batch_.rows = static_cast<uint32_t>(examples.size());
    for (uint32_t row = 0; row < batch_.rows; ++row) {
      FCOL_TRY(collect(examples[row], row));
      for (auto& slot : slots_.slots()) {
        if (slot.spec->fixed) {
          FCOL_TRY(appendFixed(slot, row));
          continue;
        }
        if (slot.has) FCOL_TRY(appendFeature(slot, slot.found, row));
        if (!slot.splits.push(slot.column.size())) return noMemoryFor(slot.spec->key);
      }
      if (row == 0) expectLike(examples);
    }
    batch_.features.resize(slots_.slots().size());
    for (size_t i = 0; i < batch_.features.size(); ++i)
      if (!finishSlot(slots_.slots()[i], false, batch_.rows, batch_.features[i])) return noMemoryFor(slots_.slots()[i].spec->key);
    return {};
  }

 private:
  // Makes room for values in proportion to the bytes, if all examples are as the first one.
  void expectLike(const Utf8Batch& examples) {
    const double bytes = examples.offsets.back() - examples.offsets.front();
    for (auto& slot : slots_.slots()) {
      slot.column.expect(1 + bytes / static_cast<double>(examples[0].size() + 1));
      slot.splits.expect(1 + batch_.rows);
      slot.step_splits.expect(1 + batch_.rows);
    }
  }

  // Finds the Features of one example. Concatenated examples are one. Of equal keys the last counts; for a FixedLen feature
  // the last that has a kind.
  Result<void> collect(std::string_view example, uint32_t row) {
    slots_.forget();
    const ParsedFeature* strange = nullptr;
    WireReader in(Bytes(reinterpret_cast<const uint8_t*>(example.data()), example.size()));
    size_t place = 0;
    const auto take = [&](const MapEntry& entry) {
      ExampleSlot* slot = slots_.find(entry.key, place++);
      if (!slot) return true;
      const auto kind = featureKind(entry.value);
      if (!kind) strange = slot->spec;
      if (slot->spec->fixed && kind == DType::None) return true;
      slot->found = entry.value;
      slot->has = true;
      return true;
    };
    while (!in.done()) {
      if (!(in.expect(kField1) ? forEachEntry(in, false, take) : skipForeignField(in))) return brokenExample(row);
    }
    if (strange) return exampleError(*strange, row, "Unsupported datatype.");
    return {};
  }

  ExampleSlots slots_;
  FeatureBatch batch_;
};

}  // namespace

Result<std::unique_ptr<OwnedBatch>> parseExamples(const Utf8Batch& examples, std::span<const ParsedFeature> features) {
  FCOL_ASSIGN(slots, ExampleSlots::make(features));
  auto parsed = std::make_unique<ParsedExamples>(std::move(slots));
  FCOL_TRY(parsed->parse(examples));
  return std::unique_ptr<OwnedBatch>(std::move(parsed));
}

}  // namespace fcol
