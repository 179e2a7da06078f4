// Every tensor of the checkpoints that TensorFlow wrote, against the values that TensorFlow itself reads from them.
#include <cmath>
#include <cstring>
#include <map>

#include "base/json.hpp"
#include "catch.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/object_graph.hpp"
#include "checkpoint/string_tensor.hpp"
#include "files.hpp"
#include "golden/base64.hpp"

using namespace fcol;

namespace {

Bytes bytesOf(const std::string& text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

std::string shardName(const std::string& prefix, uint32_t shard, uint32_t shards) {
  char name[64];
  std::snprintf(name, sizeof name, ".data-%05u-of-%05u", shard, shards);
  return prefix + name;
}

Bytes pieceOf(const std::map<uint32_t, std::string>& shards, const TensorPiece& piece) {
  const auto& shard = shards.at(piece.shard);
  REQUIRE(piece.offset + piece.size <= shard.size());
  return bytesOf(shard).subspan(piece.offset, piece.size);
}

// Of expected.json: a number, or one of the words that JSON has no number for.
double expectedNumber(const Json& json) {
  if (json.isBool()) return json.boolean();
  if (json.isNumber()) return json.number();
  if (json.string() == "NaN") return NAN;
  if (json.string() == "Infinity") return INFINITY;
  if (json.string() == "-Infinity") return -INFINITY;
  return std::strtod(json.string().c_str(), nullptr);
}

struct Counts {
  size_t floats = 0, widened = 0, strings = 0, refused = 0;
};

void checkTensor(const std::shared_ptr<const Checkpoint>& checkpoint, const std::map<uint32_t, std::string>& shards, const std::string& name,
                 const Json& expected, Counts& counts) {
  INFO(name);
  const auto found = checkpoint->find(name);
  REQUIRE(found);
  const TensorEntry& entry = **found;
  const std::string& dtype = expected["dtype"].string();
  const bool is_float = dtype == "float32", is_short = dtype == "half" || dtype == "float16" || dtype == "bfloat16";
  if (expected.has("shape")) {
    REQUIRE(entry.shape.size() == expected["shape"].items().size());
    for (size_t i = 0; i < entry.shape.size(); ++i) CHECK(static_cast<double>(entry.shape[i]) == expected["shape"].items()[i].number());
  }
  if (dtype == "string") {
    ++counts.strings;
    const auto strings = readStrings(entry, pieceOf(shards, entry.pieces.at(0)));
    REQUIRE(strings);
    if (expected.has("values_base64") || expected.has("values")) {
      const bool encoded = expected.has("values_base64");
      const auto& values = expected[encoded ? "values_base64" : "values"].items();
      REQUIRE(strings->size() == values.size());
      for (size_t i = 0; i < values.size(); ++i) CHECK((*strings)[i] == (encoded ? test::fromBase64(values[i].string()) : values[i].string()));
    }
    CHECK_FALSE(TensorReader::open(checkpoint, entry, true));
    return;
  }
  const auto refused = TensorReader::open(checkpoint, entry);
  REQUIRE(refused.ok() == (is_float || is_short));
  if (!refused) CHECK(refused.error().message.find("expected dtype float does not equal original dtype " + std::string(tensorDTypeName(entry.dtype))) != std::string::npos);
  auto reader = TensorReader::open(checkpoint, entry, true);
  if (dtype.rfind("complex", 0) == 0) {
    CHECK_FALSE(reader);
    ++counts.refused;
    return;
  }
  REQUIRE(reader);
  for (size_t i = entry.pieces.size(); i-- > 0;) REQUIRE((*reader)->piece(i, pieceOf(shards, entry.pieces[i])));  // any order
  const auto table = (*reader)->finish();
  REQUIRE(table);
  const auto& values = expected["values"].items();
  REQUIRE(static_cast<size_t>((*table)->rows()) * (*table)->dimension() == values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const float ours = (*table)->data()[i];
    const auto theirs = static_cast<float>(expectedNumber(values[i]));
    if (std::isnan(theirs)) CHECK(std::isnan(ours));
    else CHECK(std::memcmp(&ours, &theirs, sizeof ours) == 0);
  }
  ++(is_float ? counts.floats : counts.widened);
}

size_t checkFolder(const std::string& folder, const std::string& prefix, const std::string& expected_name = "expected.json") {
  const std::string path = test::sharedFolder() + "golden/checkpoints/" + folder + "/";
  INFO(path << prefix);
  const auto index = test::readFile(path + prefix + ".index"), expected_text = test::readFile(path + expected_name);
  REQUIRE(index);
  REQUIRE(expected_text);
  const auto checkpoint = Checkpoint::open(bytesOf(*index), prefix);
  REQUIRE(checkpoint);
  std::map<uint32_t, std::string> shards;
  for (uint32_t i = 0; i < (*checkpoint)->shards(); ++i) {
    auto shard = test::readFile(path + shardName(prefix, i, (*checkpoint)->shards()));
    REQUIRE(shard);
    shards[i] = *shard;
  }
  const auto expected = Json::parse(*expected_text);
  REQUIRE(expected);
  CHECK((*checkpoint)->entries().size() == expected->keys().size());
  Counts counts;
  for (size_t i = 0; i < expected->keys().size(); ++i) checkTensor(*checkpoint, shards, expected->keys()[i], expected->items()[i], counts);
  CHECK(counts.floats > 0);

  // Where there is an object graph, TensorFlow's own reading of it says which name stands for which key.
  const auto graph_text = test::readFile(path + "object_graph.json");
  const auto graph_entry = (*checkpoint)->find(kObjectGraphKey);
  if (graph_entry && graph_text) {
    const auto bytes = readStringTensor(**graph_entry, pieceOf(shards, (*graph_entry)->pieces.at(0)));
    REQUIRE(bytes);
    const auto names = objectGraphNames(*bytes);
    REQUIRE(names);
    const auto graph = Json::parse(*graph_text);
    REQUIRE(graph);
    size_t named = 0;
    for (const auto& node : graph->items())
      for (const auto& attribute : node["attributes"].items()) {
        const std::string& full_name = attribute["full_name"].string();
        if (full_name.empty()) continue;
        INFO(full_name);
        const auto found = (*checkpoint)->find(full_name, &*names);
        REQUIRE(names->count(full_name) == 1);
        if (names->find(full_name)->second.empty()) {
          CHECK_FALSE(found);
          continue;
        }
        REQUIRE(found);
        if (!(*checkpoint)->find(full_name)) CHECK((*found)->name == attribute["checkpoint_key"].string());
        ++named;
      }
    CHECK(named > 0);
  }
  return counts.floats + counts.widened + counts.strings;
}

}  // namespace

TEST_CASE("Checkpoints by TensorFlow give TensorFlow's values", "[golden]") {
  if (!test::readFile(test::sharedFolder() + "golden/checkpoints/README.md")) {
    WARN("skipped: no goldens beside the repository; set FCOL_SHARED to their folder");
    return;
  }
  CHECK(checkFolder("dtypes", "model.ckpt") >= 20);
  CHECK(checkFolder("many_keys", "model.ckpt") == 151);
  CHECK(checkFolder("partitioned_embedding", "model.ckpt") >= 3);
  CHECK(checkFolder("sharded", "model.ckpt-7") >= 2);
  CHECK(checkFolder("two_steps", "model.ckpt-200") >= 1);
  CHECK(checkFolder("two_steps", "model.ckpt-100", "expected-100.json") >= 1);
  CHECK(checkFolder("keras_dense_features", "ckpt-1") >= 3);
  CHECK(checkFolder("keras_save_weights", "weights") >= 3);
  CHECK(checkFolder("keras_legacy_optimizer", "ckpt") >= 3);
  CHECK(checkFolder("keras_saved_model", "saved_model/variables/variables") >= 3);
  CHECK(checkFolder("shared_embeddings_keras_graph", "objects.ckpt") >= 2);
  CHECK(checkFolder("shared_embeddings_keras_graph", "saver.ckpt", "expected-saver.json") >= 2);
}
