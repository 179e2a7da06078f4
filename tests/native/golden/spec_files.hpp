// What the loader in JavaScript does, for tests of the core alone: the files that a public spec names become vocabularies and
// tables, and the spec gets their handles.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "checkpoint/checkpoint.hpp"
#include "columns/from_spec.hpp"

namespace fcol::test {

class SpecFiles final : public Resources {
 public:
  using Read = std::function<std::optional<std::string>(const std::string& name)>;  // nullopt: no such file

  explicit SpecFiles(Read read) : read_(std::move(read)) {}

  // The text of `json`, with "vocabulary" and "table" in columns that name files. A file that cannot be used is left out, and
  // told by problem(): the definition is checked without it first.
  std::string withHandles(const Json& json);
  const std::optional<Error>& problem() const { return problem_; }

  // The handle of a tensor; nullopt after a problem. Each tensor is read once.
  std::optional<uint32_t> tensor(const std::string& checkpoint, const std::string& name);

  // The members of a linear model by TensorFlow's names: "columns":[…],"weights":[…],"bias":n. Errors: of the definitions, or of the files.
  Result<std::string> linearMembers(const Json& columns, const std::string& checkpoint, const std::string& scope);

  std::shared_ptr<const Vocabulary> vocabulary(uint32_t handle) const override;
  std::shared_ptr<const EmbeddingTable> table(uint32_t handle) const override;

 private:
  void append(std::string& out, const Json& json);
  std::optional<uint32_t> vocabularyOf(const Json& column);
  Result<std::shared_ptr<const Vocabulary>> makeVocabulary(const Json& column, const std::string& content) const;
  Result<std::shared_ptr<const EmbeddingTable>> readTensor(const std::string& checkpoint, const std::string& name);
  Result<std::shared_ptr<const Checkpoint>> open(const std::string& prefix);

  Read read_;
  std::optional<Error> problem_;
  std::map<std::string, uint32_t> handles_;  // by what makes it
  std::map<std::string, std::shared_ptr<const Checkpoint>> checkpoints_;
  std::map<uint32_t, std::shared_ptr<const Vocabulary>> vocabularies_;
  std::map<uint32_t, std::shared_ptr<const EmbeddingTable>> tables_;
  uint32_t next_ = 1;
};

}  // namespace fcol::test
