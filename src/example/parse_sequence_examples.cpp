// tf.io.parse_sequence_example.
#include "example/example_slots.hpp"
#include "example/example_wire.hpp"

namespace fcol {
namespace {

class ParsedSequenceExamples final : public OwnedBatch {
 public:
  explicit ParsedSequenceExamples(ExampleSlots slots) : slots_(std::move(slots)), shapes_(slots_.slots().size()) {}
  const FeatureBatch& batch() const override { return batch_; }

  Result<void> parse(const Utf8Batch& examples) {
    batch_.rows = static_cast<uint32_t>(examples.size());
    for (uint32_t row = 0; row < batch_.rows; ++row) {
      FCOL_TRY(collect(examples[row], row));
      for (size_t i = 0; i < shapes_.size(); ++i) {
        auto& slot = slots_.slots()[i];
        FCOL_TRY(slot.spec->fixed ? appendFixed(slot, row) : appendSteps(slot, shapes_[i], row));
      }
    }
    batch_.features.resize(shapes_.size());
    for (size_t i = 0; i < shapes_.size(); ++i) {
      auto& slot = slots_.slots()[i];
      // Only ever in the context: TensorFlow's 2-D tensor, whose values are the steps.
      const bool flat = shapes_[i].in_context && !shapes_[i].in_lists;
      if (flat && !slot.spec->fixed) std::swap(slot.splits, shapes_[i].value_splits);
      if (!finishSlot(slot, !flat, batch_.rows, batch_.features[i])) return noMemoryFor(slot.spec->key);
    }
    return {};
  }

 private:
  // Where a VarLen feature was found so far.
  struct Shape {
    Splits value_splits;  // rows over values
    bool from_list = false;
    bool in_lists = false, in_context = false;
  };

  Shape& shapeOf(const ExampleSlot& slot) { return shapes_[static_cast<size_t>(&slot - slots_.slots().data())]; }

  // Finds what one example has: of a FixedLen feature its context, of the others their list or else their context.
  Result<void> collect(std::string_view example, uint32_t row) {
    slots_.forget();
    for (auto& shape : shapes_) shape.from_list = false;
    const ParsedFeature* strange = nullptr;
    WireReader in(Bytes(reinterpret_cast<const uint8_t*>(example.data()), example.size()));
    size_t place = 0;
    const auto take_context = [&](const MapEntry& entry) {
      ExampleSlot* slot = slots_.find(entry.key, place++);
      if (!slot || shapeOf(*slot).from_list) return true;
      const auto kind = featureKind(entry.value);
      if (!kind) strange = slot->spec;
      if (slot->spec->fixed && kind == DType::None) return true;
      slot->found = entry.value;
      slot->has = true;
      return true;
    };
    const auto take_list = [&](const MapEntry& entry) {
      ExampleSlot* slot = slots_.find(entry.key, place++);
      if (!slot || slot->spec->fixed) return true;
      slot->found = entry.value;
      slot->has = shapeOf(*slot).from_list = true;
      return true;
    };
    while (!in.done()) {
      const bool ok = in.expect(kField1) ? forEachEntry(in, true, take_context) : in.expect(kField2) ? forEachEntry(in, true, take_list) : skipForeignField(in);
      if (!ok) return brokenExample(row);
    }
    if (strange) return exampleError(*strange, row, "Unsupported datatype.");
    return {};
  }

  // TensorFlow's parser of these looks at where lists and their packed values end, unlike the one of plain Examples.
  static bool isWhole(Bytes feature, DType dtype) {
    if (feature.empty()) return true;
    WireReader in(feature.subspan(1));
    Bytes list, packed;
    if (!in.delimited(list) || !in.done()) return false;
    WireReader values(list);
    if (dtype == DType::String || !values.expect(kField1)) return true;
    return values.delimited(packed) && values.done() && (dtype == DType::Int64 || packed.size() % sizeof(float) == 0);
  }
  static Result<void> appendWhole(ExampleSlot& slot, Bytes feature, uint32_t row) {
    if (!isWhole(feature, slot.column.dtype())) return exampleError(*slot.spec, row, "Can't parse serialized Example: a list does not end where its feature does.");
    return appendFeature(slot, feature, row);
  }

  Result<void> appendSteps(ExampleSlot& slot, Shape& shape, uint32_t row) {
    bool ok = row > 0 || shape.value_splits.start();
    if (slot.has && shape.from_list) {
      shape.in_lists = true;
      for (WireReader in(slot.found); !in.done() && ok;) {
        Bytes feature;
        if (!in.expect(kField1) || !in.delimited(feature)) return exampleError(*slot.spec, row, "Can't parse serialized Example: its feature list is broken.");
        FCOL_TRY(appendWhole(slot, feature, row));
        ok = slot.step_splits.push(slot.column.size());
      }
    } else if (slot.has) {
      shape.in_context = true;
      const size_t before = slot.column.size();
      FCOL_TRY(appendWhole(slot, slot.found, row));
      for (size_t i = before; i < slot.column.size(); ++i) ok = ok && slot.step_splits.push(i + 1);
    }
    if (!ok || !slot.splits.push(slot.step_splits.count()) || !shape.value_splits.push(slot.column.size())) return noMemoryFor(slot.spec->key);
    return {};
  }

  ExampleSlots slots_;
  std::vector<Shape> shapes_;
  FeatureBatch batch_;
};

}  // namespace

Result<std::unique_ptr<OwnedBatch>> parseSequenceExamples(const Utf8Batch& examples, std::span<const ParsedFeature> features) {
  FCOL_ASSIGN(slots, ExampleSlots::make(features));
  auto parsed = std::make_unique<ParsedSequenceExamples>(std::move(slots));
  FCOL_TRY(parsed->parse(examples));
  return std::unique_ptr<OwnedBatch>(std::move(parsed));
}

}  // namespace fcol
