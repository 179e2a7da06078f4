#include "checkpoint/checkpoint.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "bundle_writer.hpp"
#include "catch.hpp"
#include "checkpoint/object_graph.hpp"
#include "checkpoint/string_tensor.hpp"

using namespace fcol;
using namespace fcol::test;

namespace {

using Extents = std::vector<std::pair<int64_t, int64_t>>;

std::string floats(std::vector<float> values) { return floatBytes(values); }

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

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("The embedding of TensorFlow's own test asset", "[checkpoint]") {
  // Spec 8.7: the records of that index as they stand.
  std::string entry("\x08\x01\x12\x08\x12\x02\x08\x03\x12\x02\x08\x02\x28\x18\x35\x1e\x37\x4f\xf4", 19);
  Bundle bundle;
  bundle.records = {{"", std::string("\x08\x01\x1a\x02\x08\x01", 6)}, {"my_embedding", entry}};
  bundle.data = floats({1, 2, 3, 5, 7, 11});
  const auto values = bundle.read("my_embedding");
  REQUIRE(values);
  CHECK(*values == std::vector<float>{1, 2, 3, 5, 7, 11});
}

TEST_CASE("Ranks 0, 1 and 3, and tensors without values", "[checkpoint]") {
  Bundle bundle;
  bundle.add("cube", 1, {2, 1, 3}, floats({1, 2, 3, 4, 5, 6}));
  bundle.add("none", 1, {0, 3}, "");
  bundle.add("scalar", 1, {}, floats({7}));
  bundle.add("vector", 1, {2}, floats({8, 9}));
  const auto checkpoint = bundle.open();
  REQUIRE(checkpoint);
  const std::vector<std::pair<std::string, std::pair<uint32_t, uint32_t>>> expected{{"cube", {2, 3}}, {"none", {0, 3}}, {"scalar", {1, 1}}, {"vector", {1, 2}}};
  for (const auto& [name, shape] : expected) {
    INFO(name);
    const auto entry = (*checkpoint)->find(name);
    REQUIRE(entry);
    auto reader = TensorReader::open(*checkpoint, **entry);
    REQUIRE(reader);
    const auto& piece = (*entry)->pieces.at(0);
    CHECK_FALSE((*reader)->finish());  // nothing was read yet
    REQUIRE((*reader)->piece(0, bytesOf(bundle.data).subspan(piece.offset, piece.size)));
    const auto table = (*reader)->finish();
    REQUIRE(table);
    CHECK((*table)->rows() == shape.first);
    CHECK((*table)->dimension() == shape.second);
    CHECK_FALSE((*reader)->finish());
  }
}

TEST_CASE("Slices along any axis, in any order, full extents in either form", "[checkpoint]") {
  Bundle bundle;
  const std::vector<Extents> rows{{{2, 1}, {0, -1}}, {{0, 2}, {0, -1}}};
  bundle.addPartitioned("rows", {3, 2}, rows);
  bundle.addSlice("rows", rows[0], {1, 2}, {5, 6});
  bundle.addSlice("rows", rows[1], {2, 2}, {1, 2, 3, 4});
  bundle.addPartitioned("columns", {2, 3}, {{{0, -1}, {0, 1}}, {{0, -1}, {1, 2}}});
  bundle.addSlice("columns", {{0, 2}, {0, 1}}, {2, 1}, {1, 4});
  bundle.addSlice("columns", {{0, 2}, {1, 2}}, {2, 2}, {2, 3, 5, 6});
  bundle.addPartitioned("middle", {2, 3, 2}, {{{0, 2}, {0, 2}, {0, 2}}, {{0, 2}, {2, 1}, {0, 2}}});
  bundle.addSlice("middle", {{0, 2}, {0, 2}, {0, 2}}, {2, 2, 2}, {1, 2, 3, 4, 7, 8, 9, 10});
  bundle.addSlice("middle", {{0, 2}, {2, 1}, {0, 2}}, {2, 1, 2}, {5, 6, 11, 12});
  bundle.addPartitioned("grid", {2, 2}, {{{0, 1}, {0, 1}}, {{0, 1}, {1, 1}}, {{1, 1}, {0, 2}}});
  bundle.addSlice("grid", {{0, 1}, {0, 1}}, {1, 1}, {1});
  bundle.addSlice("grid", {{0, 1}, {1, 1}}, {1, 1}, {2});
  bundle.addSlice("grid", {{1, 1}, {0, 2}}, {1, 2}, {3, 4});
  for (const char* name : {"rows", "columns", "middle", "grid"}) {
    INFO(name);
    const auto values = bundle.read(name);
    REQUIRE(values);
    for (size_t i = 0; i < values->size(); ++i) CHECK((*values)[i] == static_cast<float>(i + 1));
  }
}

TEST_CASE("Slices that leave a hole, overlap, lie outside or are not listed", "[checkpoint]") {
  const auto open = [](std::vector<Extents> listed, std::vector<Extents> stored) {
    Bundle bundle;
    bundle.addPartitioned("t", {4}, listed);
    for (const auto& each : stored)
      bundle.addSlice("t", each, {static_cast<uint64_t>(each[0].second)}, std::vector<float>(static_cast<size_t>(each[0].second)));
    return bundle.problem("t");
  };
  CHECK(open({{{0, 2}}, {{2, 2}}}, {{{0, 2}}, {{2, 2}}}) == "no error");
  CHECK(contains(open({{{0, 2}}, {{3, 1}}}, {{{0, 2}}, {{3, 1}}}), "hole"));
  CHECK(contains(open({{{0, 2}}, {{1, 2}}}, {{{0, 2}}, {{1, 2}}}), "overlap"));
  CHECK(contains(open({{{0, 3}}, {{1, 3}}}, {{{0, 3}}, {{1, 3}}}), "overlap"));
  CHECK(contains(open({{{0, 2}}, {{2, 3}}}, {{{0, 2}}, {{2, 3}}}), "outside"));
  CHECK(contains(open({{{0, 2}}, {{2, 2}}}, {{{0, 2}}}), "lists 2 slices but the index has 1"));
  CHECK(contains(open({{{0, 4}}}, {{{0, 2}}, {{2, 2}}}), "lists 1 slices but the index has 2"));
  CHECK(contains(open({{{0, 1}}, {{1, 3}}}, {{{0, 2}}, {{2, 2}}}), "has not"));
  Bundle orphan;
  orphan.addSlice("t", {{0, 2}}, {2}, {1, 2});
  CHECK(contains(orphan.problem("t"), "does not list"));
}

TEST_CASE("Sizes must be those of shape and dtype, whatever they overflow", "[checkpoint]") {
  const auto open = [](const std::vector<uint64_t>& shape, const std::string& data, int dtype = 1) {
    Bundle bundle;
    bundle.add("t", dtype, shape, data);
    return bundle.open().ok();
  };
  CHECK(open({2}, std::string(8, 'x')));
  CHECK_FALSE(open({3}, std::string(8, 'x')));
  CHECK_FALSE(open({1}, std::string(8, 'x')));
  CHECK_FALSE(open({uint64_t{1} << 62, 4}, ""));
  CHECK_FALSE(open({uint64_t{1} << 62}, ""));
  CHECK_FALSE(open({UINT64_MAX}, ""));  // -1: unknown
  CHECK(open({uint64_t{1} << 62, 0, uint64_t{1} << 62}, ""));
  CHECK_FALSE(open({2}, std::string(5, 'x'), 7));  // strings: two lengths and a checksum take at least six bytes
  Bundle far;
  far.records.push_back({"t", varintField(1, 1) + messageField(2, shapeMessage({1})) + varintField(4, INT64_MAX) + varintField(5, 4)});
  CHECK_FALSE(far.open());
  Bundle shard;
  shard.records.push_back({"t", entryMessage(1, {1}, 1, 0, floats({1}))});
  CHECK_FALSE(shard.open());
}

TEST_CASE("Headers: versions, shards and byte order", "[checkpoint]") {
  const auto open = [](const std::string& header) {
    const std::string file = tableFile({{"", header}});
    return Checkpoint::open(bytesOf(file), "model.ckpt");
  };
  CHECK(open(headerMessage()));
  CHECK(open(headerMessage(1, 0, varintField(1, 9) + varintField(2, 1))));  // newer, but for readers of version 1
  const auto newer = open(headerMessage(1, 0, varintField(2, 2)));
  REQUIRE_FALSE(newer);
  CHECK(newer.error().code == ErrorCode::Unsupported);
  CHECK_FALSE(open(headerMessage(1, 0, varintField(3, 1))));              // bad_consumers, one
  CHECK_FALSE(open(headerMessage(1, 0, messageField(3, "\x05\x01"))));    // packed
  CHECK_FALSE(open(headerMessage(0)));
  CHECK_FALSE(open(headerMessage(1, 2)));
  const std::string no_header = tableFile({{"t", entryMessage(1, {1}, 0, 0, floats({1}))}}), nothing = tableFile({});
  CHECK_FALSE(Checkpoint::open(bytesOf(no_header), "x"));
  CHECK_FALSE(Checkpoint::open(bytesOf(nothing), "x"));

  Bundle big;
  big.records = {{"", headerMessage(1, 1)}};
  big.add("f", 1, {2}, std::string("\x3f\x80\x00\x00\xc0\x00\x00\x00", 8));
  big.add("h", 19, {1}, std::string("\x3c\x00", 2));
  big.add("i", 9, {1}, std::string("\x00\x00\x00\x00\x00\x00\x01\x02", 8));
  CHECK(*big.read("f") == std::vector<float>{1, -2});
  CHECK(*big.read("h") == std::vector<float>{1});
  CHECK(*big.read("i", true) == std::vector<float>{258});
}

TEST_CASE("half and bfloat16 widen exactly; other dtypes only on demand", "[checkpoint]") {
  std::string halves;
  for (uint32_t bits = 0; bits < 65536; ++bits) halves += {static_cast<char>(bits), static_cast<char>(bits >> 8)};
  Bundle bundle;
  bundle.add("bf16", 14, {65536}, halves);
  bundle.add("double", 2, {1}, std::string("\0\0\0\0\0\0\xf8\x3f", 8));
  bundle.add("half", 19, {65536}, halves);
  bundle.add("string", 7, {1}, std::string(8, 'x'));
  bundle.add("variant", 21, {1}, "x");
  const auto wide = bundle.read("half"), brain = bundle.read("bf16");
  REQUIRE(wide);
  REQUIRE(brain);
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const int exponent = static_cast<int>(bits >> 10 & 31);
    const uint32_t fraction = bits & 1023;
    const double magnitude = exponent ? std::ldexp(1024.0 + fraction, exponent - 25) : std::ldexp(static_cast<double>(fraction), -24);
    const float ours = (*wide)[bits];
    if (exponent < 31) CHECK(ours == static_cast<float>(bits >> 15 ? -magnitude : magnitude));
    else CHECK((fraction ? std::isnan(ours) : std::isinf(ours)));
    CHECK(std::signbit(ours) == (bits >> 15 != 0));
    uint32_t all_bits;
    std::memcpy(&all_bits, &(*brain)[bits], 4);
    CHECK(all_bits == bits << 16);
  }
  CHECK(contains(bundle.problem("double"), "tensor_name = double; expected dtype float does not equal original dtype double"));
  CHECK(*bundle.read("double", true) == std::vector<float>{1.5f});
  CHECK_FALSE(bundle.read("string", true));
  CHECK_FALSE(bundle.read("variant", true));
}

TEST_CASE("A tensor that is not there is named with the nearest", "[checkpoint]") {
  Bundle bundle;
  for (const char* name : {"a/weights", "b/bias", "b/weights", "c", "d", "e", "input/a/weights"}) bundle.add(name, 1, {1, 2}, floats({1, 2}));
  const auto result = (*bundle.open())->find("x/a/weights");
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::TensorNotFound);
  CHECK(contains(result.error().message, "Tensor x/a/weights is not found in model.ckpt checkpoint {'input/a/weights': [1, 2], 'a/weights': [1, 2]"));
  CHECK(contains(result.error().message, "and 2 more}"));
}

TEST_CASE("Pieces of another size or with another byte are refused", "[checkpoint]") {
  Bundle bundle;
  bundle.add("t", 1, {2}, floats({1, 2}));
  const auto checkpoint = bundle.open();
  auto reader = TensorReader::open(*checkpoint, **(*checkpoint)->find("t"));
  REQUIRE(reader);
  CHECK((*reader)->piece(0, bytesOf(bundle.data).first(7)).error().code == ErrorCode::ShapeMismatch);
  CHECK((*reader)->piece(1, bytesOf(bundle.data)).error().code == ErrorCode::InvalidArgument);
  std::string broken = bundle.data;
  broken[3] ^= 1;
  CHECK((*reader)->piece(0, bytesOf(broken)).error().code == ErrorCode::ChecksumMismatch);
  CHECK_FALSE((*reader)->finish());
}

TEST_CASE("Pieces come in parts of any size, from the first again, and side by side", "[checkpoint]") {
  Bundle bundle;
  std::vector<float> values(24);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) + 0.5f;
  bundle.add("float", 1, {4, 6}, floats(values));
  std::string halves, doubles;
  for (int i = 0; i < 12; ++i) {
    halves += static_cast<char>(i);
    halves += static_cast<char>(0x3c);
    const double value = i / 4.0;
    doubles.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  bundle.add("half", 19, {3, 4}, halves);
  bundle.add("double", 2, {3, 4}, doubles);
  bundle.addPartitioned("rows", {3, 2}, {{{0, 2}, {0, 2}}, {{2, 1}, {0, 2}}});
  bundle.addSlice("rows", {{0, 2}, {0, 2}}, {2, 2}, {1, 2, 3, 4});
  bundle.addSlice("rows", {{2, 1}, {0, 2}}, {1, 2}, {5, 6});
  bundle.addPartitioned("columns", {2, 2, 3}, {{{0, 2}, {0, 1}, {0, 2}}, {{0, 2}, {0, 1}, {2, 1}}, {{0, 2}, {1, 1}, {0, 3}}});
  bundle.addSlice("columns", {{0, 2}, {0, 1}, {0, 2}}, {2, 1, 2}, {1, 2, 7, 8});
  bundle.addSlice("columns", {{0, 2}, {0, 1}, {2, 1}}, {2, 1, 1}, {3, 9});
  bundle.addSlice("columns", {{0, 2}, {1, 1}, {0, 3}}, {2, 1, 3}, {4, 5, 6, 10, 11, 12});
  const auto checkpoint = bundle.open();
  REQUIRE(checkpoint);
  for (const char* name : {"float", "half", "double", "rows", "columns"}) {
    INFO(name);
    const auto whole = bundle.read(name, true);
    REQUIRE(whole);
    const auto entry = *(*checkpoint)->find(name);
    for (const size_t step : {1, 3, 5, 8, 64}) {
      auto reader = TensorReader::open(*checkpoint, *entry, true);
      REQUIRE(reader);
      const auto give = [&](size_t index, size_t from, size_t size) {
        auto room = (*reader)->room(index, size);
        REQUIRE(room);
        std::memcpy(*room, bundle.data.data() + entry->pieces[index].offset + from, size);
        return (*reader)->written(index, size);
      };
      // A part that counts for nothing, then all pieces in turns.
      REQUIRE(give(0, 4, 3));
      (*reader)->rewind(0);
      bool more = true;
      for (size_t from = 0; more; from += step) {
        more = false;
        for (size_t i = 0; i < entry->pieces.size(); ++i) {
          if (from >= entry->pieces[i].size) continue;
          REQUIRE(give(i, from, std::min<size_t>(step, entry->pieces[i].size - from)));
          more = true;
        }
      }
      CHECK((*reader)->room(0, 1).error().code == ErrorCode::ShapeMismatch);
      CHECK((*reader)->room(9, 1).error().code == ErrorCode::InvalidArgument);
      const auto table = (*reader)->finish();
      REQUIRE(table);
      CHECK(std::vector<float>((*table)->data(), (*table)->data() + whole->size()) == *whole);
    }
    auto reader = TensorReader::open(*checkpoint, *entry, true);
    auto room = (*reader)->room(0, entry->pieces[0].size);
    std::memcpy(*room, bundle.data.data() + entry->pieces[0].offset, entry->pieces[0].size);
    **room ^= 1;
    CHECK((*reader)->written(0, entry->pieces[0].size).error().code == ErrorCode::ChecksumMismatch);
    CHECK_FALSE((*reader)->finish());
  }
}

TEST_CASE("String tensors verify both their checksums", "[checkpoint]") {
  std::string lengths, words, content;
  for (const uint32_t length : {2u, 0u, 200u}) {
    putVarint(lengths, length);
    putFixed32(words, length);
  }
  std::string checksum;
  putFixed32(checksum, maskedCrc32c(bytesOf(words)));
  content = "ab" + std::string(200, 'z');
  const std::string stored = lengths + checksum + content, covered = words + checksum + content;
  TensorEntry entry{"s", 7, {3}, {{0, 0, stored.size(), maskedCrc32c(bytesOf(covered)), {}, {}}}};
  const auto strings = readStrings(entry, bytesOf(stored));
  REQUIRE(strings);
  CHECK(*strings == std::vector<std::string_view>{"ab", "", std::string_view(content).substr(2)});
  CHECK(readStringTensor(entry, bytesOf(stored))->size() == content.size());
  for (size_t i = 0; i < stored.size(); ++i) {
    std::string broken = stored;
    broken[i] ^= 4;
    CHECK_FALSE(readStrings(entry, bytesOf(broken)));
  }
  CHECK_FALSE(readStrings(entry, bytesOf(stored).first(stored.size() - 1)));
  entry.shape = {4};
  CHECK_FALSE(readStrings(entry, bytesOf(stored)));
  entry.dtype = 1;
  CHECK(contains(readStrings(entry, bytesOf(stored)).error().message, "expected dtype string does not equal original dtype float"));
}

TEST_CASE("An object graph's names find tensors; one that several share does not", "[checkpoint]") {
  const auto attribute = [](const std::string& full_name, const std::string& key) {
    return messageField(2, messageField(1, "VARIABLE_VALUE") + messageField(2, full_name) + messageField(3, key));
  };
  const std::string graph = messageField(1, messageField(1, varintField(1, 1) + messageField(2, "model")) + attribute("dense/kernel", "model/kernel")) +
                            messageField(1, attribute("twice", "a") + attribute("twice", "b")) + messageField(1, attribute("", "c"));
  const auto names = objectGraphNames(bytesOf(graph));
  REQUIRE(names);
  CHECK(*names == ObjectNames{{"dense/kernel", "model/kernel"}, {"twice", ""}});
  CHECK_FALSE(objectGraphNames(bytesOf(graph.substr(0, graph.size() - 1))));
  Bundle bundle;
  bundle.add("model/kernel", 1, {1}, floats({3}));
  const auto checkpoint = bundle.open();
  REQUIRE((*checkpoint)->find("dense/kernel", &*names));
  CHECK((*(*checkpoint)->find("dense/kernel", &*names))->name == "model/kernel");
  CHECK_FALSE((*checkpoint)->find("dense/kernel"));
  CHECK(contains((*checkpoint)->find("twice", &*names).error().message, "several"));
}

TEST_CASE("Every cut and every bit flip of an index is an error or the same tensors", "[checkpoint]") {
  Bundle bundle;
  bundle.add("a", 1, {2, 2}, floats({1, 2, 3, 4}));
  bundle.addPartitioned("p", {3, 1}, {{{0, 2}, {0, 1}}, {{2, 1}, {0, 1}}});
  bundle.addSlice("p", {{0, 2}, {0, 1}}, {2, 1}, {5, 6});
  bundle.addSlice("p", {{2, 1}, {0, 1}}, {1, 1}, {7});
  const std::string index = bundle.index({2, 2});
  const auto same = [&](const std::string& file) {
    const auto checkpoint = Checkpoint::open(bytesOf(file), "model.ckpt");
    if (!checkpoint) return false;
    REQUIRE((*checkpoint)->entries().size() == 2);
    for (const char* name : {"a", "p"}) {
      const auto entry = (*checkpoint)->find(name);
      REQUIRE(entry);
      auto reader = TensorReader::open(*checkpoint, **entry);
      REQUIRE(reader);
      for (size_t i = 0; i < (*entry)->pieces.size(); ++i)
        REQUIRE((*reader)->piece(i, bytesOf(bundle.data).subspan((*entry)->pieces[i].offset, (*entry)->pieces[i].size)));
      const auto table = (*reader)->finish();
      REQUIRE(table);
      const float first = *name == 'a' ? 1.0f : 5.0f;
      for (uint32_t i = 0; i < (*table)->rows() * (*table)->dimension(); ++i) REQUIRE((*table)->data()[i] == first + static_cast<float>(i));
    }
    return true;
  };
  REQUIRE(same(index));
  size_t refused = 0;
  for (size_t bit = 0; bit < index.size() * 8; ++bit) {
    std::string broken = index;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ 1 << bit % 8);
    if (!same(broken)) ++refused;
  }
  CHECK(refused > index.size() * 7);
  for (size_t size = 0; size < index.size(); ++size) CHECK_FALSE(same(index.substr(0, size)));
}
