// The cases that TensorFlow has answered (shared/oracle/generate.py tells their format), run by the core alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "golden/spec_files.hpp"
#include "layers/layer.hpp"

namespace fcol::test {

// The lines of shared/golden/cases/<family>.jsonl.gz; nullopt if it is not there.
std::optional<std::vector<std::string>> goldenLines(const std::string& family);

struct Answer {
  std::vector<OutputTensor> outputs;
  std::vector<ColumnSlice> slices;
};

class GoldenCase {
 public:
  // A line of a family; REQUIREs that it can be read.
  explicit GoldenCase(std::string line);

  const Json& json() const { return *json_; }
  std::string name() const;  // its id, or what is refused
  bool refused() const { return json_->has("error"); }
  // Loads the files and makes the layer.
  Result<void> load();
  // After load: all rows, or examples.
  Result<Answer> run() const;
  // After load: one row by itself.
  Result<Answer> runRow(size_t row) const;
  size_t rows() const;

  // Why `answer` is not TensorFlow's; empty if it is. Bit for bit, but for the columns in "close": within 1e-6 of their largest
  // magnitude. `shorter`: TensorFlow leaves out rows at the end, which must be zero here.
  std::string difference(const Answer& answer, bool shorter = false) const;

 private:
  Result<Answer> runOver(const std::vector<std::string>& parts) const;
  // What an absent or null value is by itself: an empty row; where all others are scalars the '' or -1 of TensorFlow's rank 1.
  std::string missingCell(const std::string& key) const;

  std::string line_;  // `json_` points into it
  std::optional<Json> json_;
  std::optional<SpecFiles> files_;
  std::unique_ptr<Layer> layer_;
};

}  // namespace fcol::test
