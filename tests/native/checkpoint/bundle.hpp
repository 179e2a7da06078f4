// A small bundle in memory, opened and read by the reader under test; what its tests say of floats and messages.
#pragma once

#include <algorithm>

#include "bundle_writer.hpp"
#include "checkpoint/checkpoint.hpp"

namespace fcol::test {

using Extents = std::vector<std::pair<int64_t, int64_t>>;

inline std::string floats(std::vector<float> values) { return floatBytes(values); }

// A bundle of one shard: its index, and the data in the order of adding.
struct Bundle {
  Records records{{"", headerMessage()}};
  std::string data;

  void add(const std::string& key, int dtype, const std::vector<uint64_t>& shape, const std::string& content) {
    records.push_back({key, entryMessage(dtype, shape, 0, data.size(), content)});
    data += content;
  }
  // `slices` as the entry lists them; the slices themselves are added with addSlice.
  void addPartitioned(const std::string& name, const std::vector<uint64_t>& shape, const std::vector<Extents>& slices) {
    std::string entry = varintField(1, 1) + messageField(2, shapeMessage(shape));
    for (const auto& each : slices) entry += messageField(7, sliceMessage(each));
    records.push_back({name, entry});
  }
  void addSlice(const std::string& name, const Extents& extents, const std::vector<uint64_t>& shape, const std::vector<float>& values) {
    add(sliceKey(name, extents), 1, shape, floatBytes(values));
  }
  std::string index(const TableOptions& options = {}) const {
    Records sorted = records;
    std::sort(sorted.begin(), sorted.end());
    return tableFile(sorted, options);
  }
  Result<std::shared_ptr<const Checkpoint>> open() const {
    const std::string file = index();
    return Checkpoint::open(bytesOf(file), "model.ckpt");
  }
  Result<std::vector<float>> read(const std::string& name, bool widen = false) const {
    FCOL_ASSIGN(checkpoint, open());
    FCOL_ASSIGN(entry, checkpoint->find(name));
    FCOL_ASSIGN(reader, TensorReader::open(checkpoint, *entry, widen));
    for (size_t i = 0; i < entry->pieces.size(); ++i)
      FCOL_TRY(reader->piece(i, bytesOf(data).subspan(entry->pieces[i].offset, entry->pieces[i].size)));
    FCOL_ASSIGN(table, reader->finish());
    return std::vector<float>(table->data(), table->data() + size_t{table->rows()} * table->dimension());
  }
  std::string problem(const std::string& name) const {
    const auto result = read(name);
    return result ? "no error" : result.error().message;
  }
};

inline bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace fcol::test
