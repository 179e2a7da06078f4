// What simdjson's on-demand parser takes for the columns of parse_case.hpp: a peer that is known as the fastest.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace fcol {

class SimdjsonCase {
 public:
  explicit SimdjsonCase(const std::vector<uint8_t>& ndjson) : text_(reinterpret_cast<const char*>(ndjson.data()), ndjson.size()) {}

  // Room of the run before is used again, which ours does not do.
  bool run() {
    ids_.clear(), numbers_.clear(), words_.clear();
    offsets_.assign(1, 0);
    for (auto* splits : {&id_splits_, &number_splits_, &word_splits_}) splits->assign(1, 0);
    simdjson::ondemand::document_stream rows;
    if (parser_.iterate_many(text_, kBatch).get(rows)) return false;
    for (auto document : rows) {
      simdjson::ondemand::object row;
      if (document.get_object().get(row)) return false;
      for (auto field : row) {
        simdjson::ondemand::raw_json_string key;
        simdjson::ondemand::array values;
        if (field.key().get(key) || field.value().get_array().get(values) || !append(key, values)) return false;
      }
    }
    return true;
  }

  uint32_t digest() const {
    uint32_t digest = 2166136261u;
    const auto mix = [&](uint32_t word) { digest = (digest ^ word) * 16777619u; };
    const auto mixFloat = [&](float value) {
      uint32_t bits;
      std::memcpy(&bits, &value, sizeof bits);
      mix(bits);
    };
    for (const int64_t id : ids_) mixFloat(static_cast<float>(id));
    for (const char c : words_) mix(static_cast<uint8_t>(c));
    for (const float number : numbers_) mixFloat(number);
    return digest;
  }

 private:
  static constexpr size_t kBatch = 1 << 20;

  bool append(simdjson::ondemand::raw_json_string key, simdjson::ondemand::array values) {
    if (key == "id") {
      for (auto each : values) {
        int64_t id;
        if (each.get(id)) return false;
        ids_.push_back(id);
      }
      id_splits_.push_back(static_cast<uint32_t>(ids_.size()));
    } else if (key == "x") {
      for (auto each : values) {
        double number;
        if (each.get(number)) return false;
        numbers_.push_back(static_cast<float>(number));
      }
      number_splits_.push_back(static_cast<uint32_t>(numbers_.size()));
    } else if (key == "word") {
      for (auto each : values) {
        std::string_view word;
        if (each.get(word)) return false;
        words_ += word;
        offsets_.push_back(static_cast<uint32_t>(words_.size()));
      }
      word_splits_.push_back(static_cast<uint32_t>(offsets_.size() - 1));
    }
    return true;
  }

  simdjson::padded_string text_;
  simdjson::ondemand::parser parser_;
  std::vector<int64_t> ids_;
  std::vector<float> numbers_;
  std::string words_;
  std::vector<uint32_t> offsets_, id_splits_, number_splits_, word_splits_;
};

}  // namespace fcol
