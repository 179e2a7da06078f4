// Checkpoints: what an index tells of its tensors, by which names they are found, and what of it is refused.
#include "checkpoint/checkpoint.hpp"

#include "bundle.hpp"
#include "bundle_writer.hpp"
#include "catch.hpp"
#include "checkpoint/object_graph.hpp"
#include "checkpoint/string_tensor.hpp"

using namespace fcol;
using namespace fcol::test;

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

TEST_CASE("A tensor that is not there is named with the nearest", "[checkpoint]") {
  Bundle bundle;
  for (const char* name : {"a/weights", "b/bias", "b/weights", "c", "d", "e", "input/a/weights"}) bundle.add(name, 1, {1, 2}, floats({1, 2}));
  const auto result = (*bundle.open())->find("x/a/weights");
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::TensorNotFound);
  CHECK(contains(result.error().message, "Tensor x/a/weights is not found in model.ckpt checkpoint {'input/a/weights': [1, 2], 'a/weights': [1, 2]"));
  CHECK(contains(result.error().message, "and 2 more}"));
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
