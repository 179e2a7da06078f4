// TensorReader: tensors of any rank and dtype, whole, in slices and in parts, become tables.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "bundle.hpp"
#include "catch.hpp"
#include "checkpoint/checkpoint.hpp"

using namespace fcol;
using namespace fcol::test;

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
