// All cases that TensorFlow 2.21 has answered, through the core alone: rows as NDJSON or serialized tf.Examples in, floats out.
#include <cstring>
#include <map>
#include <set>

#include "catch.hpp"
#include "golden/golden_case.hpp"

using namespace fcol;
using test::GoldenCase;

namespace {

constexpr size_t kShown = 20;   // problems
constexpr size_t kPhrase = 16;  // characters in a row that make a message searchable

void report(const std::vector<std::string>& problems) {
  std::string text;
  for (size_t i = 0; i < problems.size() && i < kShown; ++i) text.append(problems[i]).append("\n");
  INFO(text);
  CHECK(problems.empty());
}

// A row by itself must give the same bits as among its neighbours.
void checkRowsAlone(const GoldenCase& golden, const test::Answer& together, std::vector<std::string>& problems) {
  const uint32_t width = together.outputs[0].shape[together.outputs[0].shape.rank() - 1];
  for (size_t row = 0; row < golden.rows(); ++row) {
    const auto alone = golden.runRow(row);
    if (!alone) {
      problems.push_back(format("{}, row {} alone: {}", golden.name(), row, alone.error().message));
      continue;
    }
    for (uint32_t i = 0; i < width; ++i) {
      const float a = alone->outputs[0].floats[i], b = together.outputs[0].floats[row * width + i];
      if (std::memcmp(&a, &b, sizeof a) == 0) continue;
      problems.push_back(format("{}, row {} alone: value {} is {} instead of {}", golden.name(), row, i, double{a}, double{b}));
      break;
    }
  }
}

struct Family {
  const char* name;
  size_t cases, refused;
};

// The longest run of characters that both have.
size_t longestCommonRun(std::string_view a, std::string_view b) {
  size_t longest = 0;
  for (size_t i = 0; i < a.size(); ++i)
    while (i + longest < a.size() && b.find(a.substr(i, longest + 1)) != std::string_view::npos) ++longest;
  return longest;
}

// Where we answer what TensorFlow refuses, or the other way round, each with its reason (docs/differences.md).
const std::map<std::string, std::string> kOtherwise = {
    {"sequence numeric: arrays", "plain arrays are taken: JavaScript has no sparse literal"},
    {"weighted: integer weights for a float column", "a number in a row is what its column wants; dtypes are those of typed arrays"},
};
// Refused as TensorFlow refuses it, but in our own words, with the reason.
const std::map<std::string, std::string> kOwnWords = {
    {"shared: no columns", "TensorFlow's is Python's IndexError"},
    {"shared: a dense column inside", "TensorFlow's is Python's AttributeError"},
    {"shared: an embedding inside", "TensorFlow's is Python's AttributeError"},
    {"embedding: of a numeric column", "TensorFlow's is Python's AttributeError"},
    {"vocabulary file: no name", "TensorFlow says \"Missing vocabulary_file\" only of a name that is None"},
    {"vocabulary file: shorter than its size", "the vocabulary is read before the table is; TensorFlow says this when its size fits the table"},
    {"weighted: a zero weight in an array disappears", "the message of \"fewer weights than ids\", which it is"},
};
// Where TensorFlow leaves out the empty rows at the end, we have zeros.
const std::set<std::string> kShorter = {"unsafe: empty row at the end", "unsafe: all rows empty"};

}  // namespace

TEST_CASE("TensorFlow's numbers, bit for bit, and each row the same alone", "[golden]") {
  size_t total = 0;
  for (const Family& family : {Family{"dense", 700, 0}, Family{"long", 150, 0}, Family{"sequence", 350, 26}, Family{"linear", 300, 0}, Family{"examples", 300, 0}}) {
    const auto lines = test::goldenLines(family.name);
    if (!lines) {
      WARN("skipped: no goldens beside the repository, or no gzip; set FCOL_SHARED to their folder");
      return;
    }
    INFO(family.name);
    std::vector<std::string> problems;
    size_t refused = 0;
    for (const auto& line : *lines) {
      GoldenCase golden(line);
      if (const auto loaded = golden.load(); !loaded) {
        problems.push_back(golden.name() + ": " + loaded.error().message);
        continue;
      }
      const auto answer = golden.run();
      if (golden.refused()) {
        ++refused;
        if (answer) problems.push_back(golden.name() + ": an output, TensorFlow says " + golden.json()["error"]["message"].string());
        continue;
      }
      const std::string problem = answer ? golden.difference(*answer) : answer.error().message;
      if (!problem.empty()) problems.push_back(golden.name() + ": " + problem);
      else if (std::string_view(family.name) != "sequence") checkRowsAlone(golden, *answer, problems);
    }
    report(problems);
    CHECK(lines->size() == family.cases);
    CHECK(refused == family.refused);
    total += lines->size();
  }
  CHECK(total == 1800);
}

TEST_CASE("what TensorFlow refuses is refused in its words, and what it takes gives its numbers", "[golden]") {
  const auto lines = test::goldenLines("refusals");
  if (!lines) {
    WARN("skipped: no goldens beside the repository, or no gzip; set FCOL_SHARED to their folder");
    return;
  }
  std::vector<std::string> problems;
  size_t otherwise = 0;
  for (const auto& line : *lines) {
    GoldenCase golden(line);
    const auto loaded = golden.load();
    const auto answer = loaded ? golden.run() : Result<test::Answer>(loaded.error());
    if (kOtherwise.count(golden.name())) {
      ++otherwise;
      if (answer.ok() != golden.refused()) problems.push_back(golden.name() + ": is no longer answered otherwise");
      continue;
    }
    if (golden.refused()) {
      const std::string& message = golden.json()["error"]["message"].string();
      if (answer) {
        problems.push_back(golden.name() + ": an output, TensorFlow says " + message);
      } else if (answer.error().code == ErrorCode::Internal) {
        problems.push_back(golden.name() + ": " + answer.error().message);
      } else if (!kOwnWords.count(golden.name()) && longestCommonRun(answer.error().message, message) < std::min(kPhrase, message.size())) {
        problems.push_back(golden.name() + ": " + answer.error().message + "\n    TensorFlow: " + message);
      }
      continue;
    }
    const std::string problem = answer ? golden.difference(*answer, kShorter.count(golden.name())) : answer.error().message;
    if (!problem.empty()) problems.push_back(golden.name() + ": " + problem);
  }
  report(problems);
  CHECK(lines->size() == 155);
  CHECK(otherwise == kOtherwise.size());
}
