#include "golden/spec_files.hpp"

#include <cstdio>
#include <cstring>

#include "golden/gunzip.hpp"

namespace fcol::test {
namespace {

Bytes bytesOf(const std::string& text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

template <typename T>
T found(const std::map<uint32_t, T>& objects, uint32_t handle) {
  const auto at = objects.find(handle);
  return at == objects.end() ? nullptr : at->second;
}

}  // namespace

std::shared_ptr<const Vocabulary> SpecFiles::vocabulary(uint32_t handle) const { return found(vocabularies_, handle); }
std::shared_ptr<const EmbeddingTable> SpecFiles::table(uint32_t handle) const { return found(tables_, handle); }

std::string SpecFiles::withHandles(const Json& json) {
  std::string out;
  append(out, json);
  return out;
}

void SpecFiles::append(std::string& out, const Json& json) {
  if (json.isArray()) {
    out += '[';
    for (const Json& item : json.items()) {
      if (out.back() != '[') out += ',';
      append(out, item);
    }
    out += ']';
    return;
  }
  if (!json.isObject()) {
    out += json.source();
    return;
  }
  out += '{';
  const auto key = [&](std::string_view name) {
    if (out.back() != '{') out += ',';
    appendJsonString(out, name);
    out += ':';
  };
  for (size_t i = 0; i < json.keys().size(); ++i) {
    key(json.keys()[i]);
    append(out, json.items()[i]);
  }
  if (json["type"].string().ends_with("categorical_column_with_vocabulary_file")) {
    if (const auto handle = vocabularyOf(json)) {
      key("vocabulary");
      out += toText(*handle);
    }
  }
  if (json["type"].isString() && json["ckpt_to_load_from"].isString() && json["tensor_name_in_ckpt"].isString()) {
    if (const auto handle = tensor(json["ckpt_to_load_from"].string(), json["tensor_name_in_ckpt"].string())) {
      key("table");
      out += toText(*handle);
    }
  }
  out += '}';
}

std::optional<uint32_t> SpecFiles::vocabularyOf(const Json& column) {
  std::string made_of;
  for (const char* field : {"vocabulary_file", "vocabulary_size", "dtype", "file_format"}) made_of.append(column[field].source()).append("|");
  if (const auto at = handles_.find(made_of); at != handles_.end()) return at->second;
  const auto content = read_(column["vocabulary_file"].string());
  if (!content) return std::nullopt;  // the column itself refuses it
  auto made = makeVocabulary(column, *content);
  if (!made) {
    if (!problem_) problem_ = made.error();
    return std::nullopt;
  }
  vocabularies_[next_] = *made;
  return handles_[made_of] = next_++;
}

Result<std::shared_ptr<const Vocabulary>> SpecFiles::makeVocabulary(const Json& column, const std::string& content) const {
  const std::string& name = column["vocabulary_file"].string();
  const bool records = column.has("file_format") ? column["file_format"].string() == "tfrecord_gzip" : name.ends_with("tfrecord.gz");
  const auto plain = records ? gunzip(content) : content;
  if (!plain) return error(ErrorCode::InvalidVocabulary, "{}: inflate() failed", name);
  FCOL_ASSIGN(file, Buffer<uint8_t>::make(plain->size()));
  std::memcpy(file.data(), plain->data(), plain->size());
  std::optional<uint64_t> size;
  if (const auto given = column["vocabulary_size"].integer()) size = *given < 0 ? 0 : static_cast<uint64_t>(*given);
  const auto dtype = dtypeFromName(column["dtype"].string());  // the column itself refuses what is no dtype of keys
  const DType kind = dtype && isInteger(*dtype) ? DType::Int64 : DType::String;
  return records ? Vocabulary::fromRecords(std::move(file), kind, size, name) : Vocabulary::fromText(std::move(file), kind, size, name);
}

std::optional<uint32_t> SpecFiles::tensor(const std::string& checkpoint, const std::string& name) {
  const std::string made_of = checkpoint + '\0' + name;
  if (const auto at = handles_.find(made_of); at != handles_.end()) return at->second;
  auto read = readTensor(checkpoint, name);
  if (!read) {
    if (!problem_) problem_ = read.error();
    return std::nullopt;
  }
  tables_[next_] = *read;
  return handles_[made_of] = next_++;
}

Result<std::string> SpecFiles::linearMembers(const Json& columns_json, const std::string& checkpoint, const std::string& scope) {
  const std::string text = withHandles(columns_json);
  FCOL_ASSIGN(json, Json::parse(text));
  Inputs inputs;
  FCOL_ASSIGN(unsorted, columnsFromSpec(json, *this, inputs));
  FCOL_ASSIGN(columns, normalizeColumns(unsorted));
  std::string members = "\"columns\":" + text + ",\"weights\":[";
  for (const auto& column : columns)
    members.append(members.back() == '[' ? "" : ",").append(toText(tensor(checkpoint, scope + "/" + column->name() + "/weights").value_or(0)));
  members.append("],\"bias\":").append(toText(tensor(checkpoint, scope + "/bias_weights").value_or(0)));
  if (problem_) return *problem_;
  return members;
}

Result<std::shared_ptr<const Checkpoint>> SpecFiles::open(const std::string& prefix) {
  if (const auto at = checkpoints_.find(prefix); at != checkpoints_.end()) return at->second;
  const auto index = read_(prefix + ".index");
  if (!index) return error(ErrorCode::NotFound, "Failed to find any matching files for {}", prefix);
  FCOL_ASSIGN(opened, Checkpoint::open(bytesOf(*index), prefix));
  return checkpoints_[prefix] = opened;
}

Result<std::shared_ptr<const EmbeddingTable>> SpecFiles::readTensor(const std::string& prefix, const std::string& name) {
  FCOL_ASSIGN(checkpoint, open(prefix));
  FCOL_ASSIGN(entry, checkpoint->find(name));
  FCOL_ASSIGN(reader, TensorReader::open(checkpoint, *entry));
  for (size_t i = 0; i < entry->pieces.size(); ++i) {
    const TensorPiece& piece = entry->pieces[i];
    char suffix[64];
    std::snprintf(suffix, sizeof suffix, ".data-%05u-of-%05u", piece.shard, checkpoint->shards());
    const auto shard = read_(prefix + suffix);
    if (!shard || piece.offset + piece.size > shard->size()) return error(ErrorCode::InvalidCheckpoint, "{}{} is not there or cut off", prefix, suffix);
    FCOL_TRY(reader->piece(i, bytesOf(*shard).subspan(piece.offset, piece.size)));
  }
  return reader->finish();
}

}  // namespace fcol::test
