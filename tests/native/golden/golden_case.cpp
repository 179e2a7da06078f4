#include "golden/golden_case.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "catch.hpp"
#include "example/example_batch.hpp"
#include "files.hpp"
#include "golden/base64.hpp"
#include "golden/gunzip.hpp"

namespace fcol::test {
namespace {

constexpr std::string_view kNotJson[] = {"NaN", "-Infinity", "Infinity"};  // Python writes them bare

// Strings in their place, for the strict reader of specs.
std::string toStrictJson(const std::string& line) {
  std::string out;
  bool text = false;
  for (size_t at = 0; at < line.size();) {
    std::string_view word;
    if (!text)
      for (const auto each : kNotJson)
        if (line.compare(at, each.size(), each) == 0) word = each, at += each.size();
    if (!word.empty()) {
      out.append("\"$").append(word).append("\"");
      continue;
    }
    if (text && line[at] == '\\') out += line[at++];
    else if (line[at] == '"') text = !text;
    out += line[at++];
  }
  return out;
}

std::string fromStrictJson(std::string text) {
  for (const auto word : kNotJson) {
    const std::string quoted_word = format("\"${}\"", word);
    for (size_t at; (at = text.find(quoted_word)) != std::string::npos;) text.replace(at, quoted_word.size(), word);
  }
  return text;
}

bool sameBits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b)); }

// An example or a line for each row, joined, and the offsets of the parts.
Utf8Batch joined(const std::vector<std::string>& parts, std::string& bytes, std::vector<uint32_t>& offsets) {
  offsets = {0};
  for (const auto& part : parts) offsets.push_back(static_cast<uint32_t>((bytes += part).size()));
  return {bytes.data(), offsets};
}

}  // namespace

std::optional<std::vector<std::string>> goldenLines(const std::string& family) {
  const auto content = gunzipFile(sharedFolder() + "golden/cases/" + family + ".jsonl.gz");
  if (!content) return std::nullopt;
  std::vector<std::string> lines;
  for (size_t at = 0, end; (end = content->find('\n', at)) != std::string::npos; at = end + 1) lines.push_back(content->substr(at, end - at));
  return lines;
}

GoldenCase::GoldenCase(std::string line) : line_(toStrictJson(line)) {
  auto parsed = Json::parse(line_);
  INFO(line_.substr(0, 200));
  REQUIRE(parsed);
  json_ = std::move(*parsed);
}

std::string GoldenCase::name() const { return (*json_)[json_->has("what") ? "what" : "id"].string(); }

size_t GoldenCase::rows() const { return (*json_)[json_->has("examples") ? "examples" : "rows"].items().size(); }

Result<void> GoldenCase::load() {
  const Json& files = (*json_)["files"];
  files_.emplace([&files](const std::string& name) -> std::optional<std::string> {
    if (!files.has(name)) return std::nullopt;
    return fromBase64(files[name].string());
  });
  const Json& spec = (*json_)["spec"];
  std::string text = files_->withHandles(spec);
  if (files_->problem()) return *files_->problem();
  if (spec["layer"].string() == "linear_model") {
    FCOL_ASSIGN(members, files_->linearMembers(spec["columns"], spec["ckpt_to_load_from"].string(), "linear_model"));
    text = "{\"layer\":\"linear_model\"," + members;
    for (const char* field : {"units", "sparse_combiner"})
      if (spec.has(field)) text.append(",\"").append(field).append("\":").append(spec[field].source());
    text += '}';
  }
  FCOL_ASSIGN(layer, layerFromSpec(text, *files_));
  layer_ = std::move(layer);
  return {};
}

Result<Answer> GoldenCase::runOver(const std::vector<std::string>& parts) const {
  std::string bytes;
  std::vector<uint32_t> offsets;
  const Utf8Batch batch = joined(parts, bytes, offsets);
  const auto spec = layer_->parseSpec();
  Answer answer{{}, {layer_->slices().begin(), layer_->slices().end()}};
  if (json_->has("examples")) {
    if (!spec) return spec.error();
    FCOL_ASSIGN(parsed, parseExamples(batch, *spec));
    FCOL_TRY(layer_->run(parsed->batch(), answer.outputs));
    return answer;
  }
  std::vector<DType> wanted;
  if (spec)
    for (const auto& feature : *spec) wanted.push_back(feature.dtype);
  FCOL_ASSIGN(parsed, parseJsonRows(bytes, layer_->inputs(), wanted));
  FCOL_TRY(layer_->run(parsed->batch(), answer.outputs));
  return answer;
}

Result<Answer> GoldenCase::run() const {
  std::vector<std::string> parts;
  for (const auto& example : (*json_)["examples"].items()) parts.push_back(fromBase64(example.string()));
  for (const auto& row : (*json_)["rows"].items()) parts.push_back(fromStrictJson(std::string(row.source())) + "\n");
  return runOver(parts);
}

Result<Answer> GoldenCase::runRow(size_t row) const {
  if (json_->has("examples")) return runOver({fromBase64((*json_)["examples"].items()[row].string())});
  const auto& all = (*json_)["rows"].items();
  std::string text = "{";
  for (const auto& key : layer_->inputs()) {
    if (text.size() > 1) text += ',';
    appendJsonString(text, key);
    text.append(":").append(all[row][key].isNull() ? missingCell(key) : fromStrictJson(std::string(all[row][key].source())));
  }
  return runOver({text + "}\n"});
}

std::string GoldenCase::missingCell(const std::string& key) const {
  bool sparse = false, array = false, scalar = false;
  for (const Json& row : (*json_)["rows"].items()) {
    const Json& value = row[key];
    (value.isObject() ? sparse : value.isArray() ? array : scalar) |= !value.isNull();
  }
  if (sparse) return "{\"values\":[]}";
  if (array || !scalar) return "[]";
  return (*json_)["dtypes"][key].string() == "string" ? "\"\"" : "-1";
}

std::string GoldenCase::difference(const Answer& answer, bool shorter) const {
  const Json& expected = (*json_)["expected"];
  const OutputTensor& data = answer.outputs.at(0);
  const auto& shape = expected["shape"].items();
  size_t size = 1;
  for (size_t i = 0; i < shape.size(); ++i) size *= static_cast<size_t>(shape[i].number());
  if (data.shape.rank() != shape.size()) return format("rank {}", data.shape.rank());
  for (size_t i = shorter ? 1 : 0; i < shape.size(); ++i)
    if (data.shape[i] != shape[i].number()) return format("dimension {} is {}, not {}", i, data.shape[i], shape[i].number());
  const std::string bytes = fromBase64(expected["data"].string());
  if (bytes.size() != size * sizeof(float)) return "the case itself is broken";
  std::vector<float> theirs(size);
  if (size > 0) std::memcpy(theirs.data(), bytes.data(), bytes.size());
  size_t ours = 1;
  for (const uint32_t each : data.shape) ours *= each;
  if (ours < size) return "rows are missing";
  for (size_t i = size; i < ours; ++i)
    if (!sameBits(data.floats[i], 0)) return "a row that TensorFlow leaves out is not zero";
  if (expected.has("sequence_length")) {
    const auto& lengths = expected["sequence_length"].items();
    for (size_t i = 0; i < lengths.size(); ++i)
      if (answer.outputs.at(1).ints[i] != lengths[i].number()) return format("sequence_length of row {} is {}", i, answer.outputs.at(1).ints[i]);
  }
  const uint32_t width = data.shape[data.shape.rank() - 1];
  std::vector<ColumnSlice> slices{{"*", 0, width}};
  if (expected.has("columns")) {
    slices.clear();
    for (const Json& column : expected["columns"].items()) {
      const auto& parts = column.items();
      slices.push_back({parts[0].string(), static_cast<uint32_t>(parts[1].number()), static_cast<uint32_t>(parts[2].number())});
    }
    if (slices.size() != answer.slices.size()) return "another number of columns";
  }
  const auto& close = expected["close"].items();
  for (size_t i = 0; i < slices.size(); ++i) {
    const auto& [name, offset, columns] = slices[i];
    if (expected.has("columns") && (answer.slices[i].name != name || answer.slices[i].offset != offset || answer.slices[i].width != columns))
      return format("column {} is {}, not {}", i, answer.slices[i].name, name);
    const bool is_close = std::any_of(close.begin(), close.end(), [&](const Json& each) { return each.string() == slices[i].name; });
    float largest = 0;
    for (size_t at = offset; at < size; at += width)
      for (uint32_t k = 0; k < columns; ++k)
        if (std::isfinite(theirs[at + k])) largest = std::max(largest, std::fabs(theirs[at + k]));
    for (size_t at = offset; at < size; at += width)
      for (uint32_t k = 0; k < columns; ++k) {
        const float a = data.floats[at + k], b = theirs[at + k];
        if (sameBits(a, b) || (is_close && std::fabs(a - b) <= 1e-6 * largest)) continue;
        return format("{}: value {} is {}, TensorFlow has {}", name, static_cast<uint64_t>(at + k), double{a}, double{b});
      }
  }
  return {};
}

}  // namespace fcol::test
