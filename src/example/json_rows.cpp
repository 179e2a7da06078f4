// Newline-delimited JSON to features, in one pass and without a tree.
#include "example/example_batch.hpp"
#include "example/json_column.hpp"
#include "example/key_index.hpp"

namespace fcol {
namespace {

class JsonRows final : public OwnedBatch {
 public:
  JsonRows(std::string_view text, std::span<const std::string> keys, std::span<const DType> wanted) : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), line_begin_(at_), keys_(keys) {
    columns_.reserve(keys.size());
    for (const auto& key : keys) {
      columns_.emplace_back(columns_.size() < wanted.size() ? wanted[columns_.size()] : DType::None);
      index_.add(key);
    }
  }
  const FeatureBatch& batch() const override { return batch_; }

  Result<void> parse() {
    for (auto& column : columns_)
      if (!column.start()) return noMemory();
    if (end_ - at_ >= 3 && std::string_view(at_, 3) == "\xef\xbb\xbf") at_ += 3;  // a byte order mark
    while ((at_ = skipBlanks(at_, end_)) < end_) {
      if (*at_ == '\n') {
        ++line_;
        line_begin_ = ++at_;
        continue;
      }
      if (batch_.rows == UINT32_MAX) return error(ErrorCode::InvalidBatch, "too many rows for one batch");
      FCOL_TRY(row());
      if (++batch_.rows == kFirstRows)
        for (auto& column : columns_) column.expect(1.05 * static_cast<double>(end_ - begin_) / static_cast<double>(at_ - begin_));
      at_ = skipBlanks(at_, end_);
      if (at_ < end_ && *at_ != '\n') return syntax("something stands behind the object; a row is one line");
    }
    return finish();
  }

 private:
  using Problem = JsonColumn::Problem;
  static constexpr uint32_t kFirstRows = 8;  // tell how much there will be in the others

  Failure problem(std::string_view key, std::string_view what) const { return problemAt(line_, key, what); }
  static Failure problemAt(uint64_t line, std::string_view key, std::string_view what) {
    Failure result = key.empty() ? error(ErrorCode::InvalidRow, "line {}: {}", line + 1, what)
                                 : error(ErrorCode::InvalidRow, "line {}, key {}: {}", line + 1, quoted(key), what);
    result->at(key, static_cast<int64_t>(line));
    return result;
  }
  Failure syntax(std::string_view what = "") const {
    return problem("", format("not valid JSON at byte {}{}{}{}", static_cast<uint64_t>(at_ - line_begin_), at_ == end_ ? ", where the text ends" : "",
                              what.empty() ? "" : ": ", what));
  }
  static Failure noMemory() { return error(ErrorCode::OutOfMemory, "out of memory: the rows do not fit; use a smaller batch"); }

  bool isNext(char c) {
    at_ = skipBlanks(at_, end_);
    return at_ < end_ && *at_ == c;
  }
  bool take(char c) { return isNext(c) && ++at_; }
  bool takeWord(std::string_view word) {
    if (static_cast<size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool takeString(std::string_view& value) {
    const char* after = readString(at_ + 1, end_, scratch_, value);
    if (after) at_ = after;
    return after;
  }
  bool takeNumber(JsonNumber& number) {
    const char* after = readNumber(at_, end_, number);
    if (after) at_ = after;
    return after;
  }

  Result<void> row() {
    if (*at_ != '{') return problem("", "not a JSON object of features");
    ++at_;
    if (take('}')) return {};
    for (size_t place = 0;; ++place) {
      std::string_view key;
      int32_t number;
      at_ = skipBlanks(at_, end_);
      if (!index_.findQuoted(at_, end_, place, number)) {
        if (!isNext('"') || !takeString(key)) return syntax("a key in quotes is expected");
        number = index_.find(key, place);
      }
      if (!take(':')) return syntax("':' is expected");
      at_ = skipBlanks(at_, end_);
      FCOL_TRY(number == KeyIndex::kUnknown ? skipValue() : feature(static_cast<size_t>(number)));
      if (take('}')) return {};
      if (!take(',')) return syntax("',' or '}' is expected");
    }
  }

  // A feature of this row: a scalar, an array, {"values": array}, or null.
  Result<void> feature(size_t number) {
    auto& column = columns_[number];
    const std::string& key = keys_[number];
    if (!column.openRow(batch_.rows)) return noMemory();
    if (at_ == end_) return syntax();
    if (*at_ == 'n') {
      if (!takeWord("null")) return syntax();
      return close(column, false, true);
    }
    if (*at_ == '[') {
      FCOL_TRY(array(column, key));
      return close(column, false, false);
    }
    if (*at_ != '{') {
      FCOL_TRY(scalar(column, key));
      return close(column, false, false);
    }
    ++at_;
    std::string_view member;
    if (!isNext('"') || !takeString(member)) return syntax();
    if (member != "values") return problem(key, format("an object with {}; the sparse form is {\"values\": [...]}", quoted(member)));
    if (!take(':')) return syntax();
    if (!isNext('[')) return problem(key, "\"values\" is no array; the sparse form is {\"values\": [...]}");
    FCOL_TRY(array(column, key));
    if (isNext(',')) return problem(key, "an object with more than \"values\"; the sparse form is {\"values\": [...]}");
    if (!take('}')) return syntax();
    return close(column, true, false);
  }

  Result<void> close(JsonColumn& column, bool sparse, bool absent) {
    if (!column.closeRow(sparse, absent)) return noMemory();
    return {};
  }

  Result<void> array(JsonColumn& column, const std::string& key) {
    uint32_t depth = 0;
    for (;;) {  // where a value begins
      at_ = skipBlanks(at_, end_);
      if (at_ == end_) return syntax();
      if (*at_ == '[') {
        ++at_;
        ++depth;
        if (const auto problem = column.openArray(); problem != Problem::None) return refused(problem, key);
        if (!isNext(']')) continue;
      } else {
        const char* behind = column.addRun(at_, end_);
        if (!behind) return noMemory();
        if (behind == at_) FCOL_TRY(scalar(column, key));
        else at_ = behind;
      }
      while (take(']')) {
        if (const auto problem = column.closeArray(); problem != Problem::None) return refused(problem, key);
        if (--depth == 0) return {};
      }
      if (!take(',')) return syntax("',' or ']' is expected");
    }
  }

  Result<void> scalar(JsonColumn& column, const std::string& key) {
    switch (*at_) {
      case '"': {
        std::string_view value;
        if (!takeString(value)) return syntax("a string that is not closed, not UTF-8 or has a bad escape");
        return checked(column.addString(value), key);
      }
      case 'n':
        if (!takeWord("null")) return syntax();
        return checked(column.addNull(), key);
      case 't':
      case 'f': return problem(key, "a boolean; features are strings or numbers, so write 1 or 0");
      case '{': return problem(key, "an object within an array; features are strings or numbers");
      default: {
        JsonNumber number;
        if (!takeNumber(number)) return syntax();
        return checked(column.addNumber(number), key);
      }
    }
  }

  Result<void> checked(Problem what, const std::string& key) const {
    if (what == Problem::None) return {};
    return refused(what, key);
  }
  FCOL_NOINLINE Failure refused(Problem what, const std::string& key) const {
    switch (what) {
      case Problem::MixedKinds: return problem(key, "strings and numbers in one feature; write all its values as the one or the other");
      case Problem::MixedDepths: return problem(key, "values and arrays side by side in one array");
      case Problem::TooDeep: return problem(key, format("arrays nested deeper than {}", uint32_t{JsonColumn::kMaxDepth}));
      default: return noMemory();
    }
  }

  // A value that no column reads: checked for its syntax. A stack of bits says which containers are objects.
  Result<void> skipValue() {
    uint64_t objects = 0;
    uint32_t depth = 0;
    for (;;) {
      at_ = skipBlanks(at_, end_);
      if (at_ == end_) return syntax();
      std::string_view text;
      JsonNumber number;
      const bool object = *at_ == '{';
      if (object || *at_ == '[') {
        ++at_;
        if (depth == 64) return problem("", "arrays and objects nested deeper than 64");
        objects = objects << 1 | (object ? 1 : 0);
        ++depth;
        if (!isNext(object ? '}' : ']')) {
          if (object) FCOL_TRY(skipKey());
          continue;
        }
      } else if (*at_ == '"' ? !takeString(text) : *at_ == 'n' ? !takeWord("null") : *at_ == 't' ? !takeWord("true") : *at_ == 'f' ? !takeWord("false") : !takeNumber(number)) {
        return syntax();
      }
      while (depth > 0 && take(objects & 1 ? '}' : ']')) {
        objects >>= 1;
        --depth;
      }
      if (depth == 0) return {};
      if (!take(',')) return syntax();
      if (objects & 1) FCOL_TRY(skipKey());
    }
  }
  Result<void> skipKey() {
    std::string_view key;
    if (!isNext('"') || !takeString(key) || !take(':')) return syntax();
    return {};
  }

  Result<void> finish() {
    batch_.features.resize(columns_.size());
    for (size_t i = 0; i < columns_.size(); ++i) {
      int64_t huge;
      if (!columns_[i].finish(batch_.rows, batch_.features[i], huge)) return noMemory();
      if (huge >= 0) return problemAt(lineOf(static_cast<uint32_t>(huge)), keys_[i], "an integer does not fit in 64 bits; write it as a string, or with a fraction if it is a float");
    }
    return {};
  }

  // Counts again: blank lines are no rows.
  uint64_t lineOf(uint32_t row) const {
    uint64_t line = 0;
    bool blank = true;
    for (const char* at = begin_; at < end_; ++at) {
      if (*at == '\n') {
        ++line;
        blank = true;
      } else if (blank && skipBlanks(at, at + 1) == at && row-- == 0) {
        break;
      } else {
        blank = blank && skipBlanks(at, at + 1) != at;
      }
    }
    return line;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* line_begin_;
  uint64_t line_ = 0;
  std::span<const std::string> keys_;
  KeyIndex index_;
  std::vector<JsonColumn> columns_;
  std::string scratch_;
  FeatureBatch batch_;
};

}  // namespace

Result<std::unique_ptr<OwnedBatch>> parseJsonRows(std::string_view lines, std::span<const std::string> keys, std::span<const DType> wanted) {
  auto rows = std::make_unique<JsonRows>(lines, keys, wanted);
  FCOL_TRY(rows->parse());
  return std::unique_ptr<OwnedBatch>(std::move(rows));
}

}  // namespace fcol
