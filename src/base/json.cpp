#include "base/json.hpp"

#include <cstring>

#include "text/integer_text.hpp"
#include "text/decimal.hpp"

namespace fcol {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Four hexadecimal digits, or -1.
int32_t readHex4(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    const int digit = isDigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

void appendUtf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

}  // namespace

const char* skipJsonSpace(const char* at, const char* end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) ++at;
  return at;
}

const char* readJsonString(const char* at, const char* end, std::string& out) {
  while (at < end) {
    const char* plain = at;
    while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
    out.append(plain, at);
    if (at >= end || static_cast<unsigned char>(*at) < 0x20) return nullptr;
    if (*at == '"') return at + 1;
    if (end - at < 2) return nullptr;
    const char escape = at[1];
    at += 2;
    switch (escape) {
      case '"': case '\\': case '/': out += escape; break;
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        int32_t code = readHex4(at, end);
        if (code < 0) return nullptr;
        at += 4;
        if (code >= 0xd800 && code < 0xe000) {  // half of a pair
          const int32_t low = code < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? readHex4(at + 2, end) : -1;
          const bool pair = low >= 0xdc00 && low < 0xe000;
          code = pair ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
          if (pair) at += 6;
        }
        appendUtf8(out, static_cast<uint32_t>(code));
        break;
      }
      default: return nullptr;
    }
  }
  return nullptr;
}

const char* skipJsonNumber(const char* at, const char* end, bool& is_integer) {
  is_integer = true;
  if (at < end && *at == '-') ++at;
  if (at >= end || !isDigit(*at)) return nullptr;
  if (*at == '0') ++at;
  else while (at < end && isDigit(*at)) ++at;
  if (at < end && *at == '.') {
    is_integer = false;
    if (++at >= end || !isDigit(*at)) return nullptr;
    while (at < end && isDigit(*at)) ++at;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    is_integer = false;
    if (++at < end && (*at == '+' || *at == '-')) ++at;
    if (at >= end || !isDigit(*at)) return nullptr;
    while (at < end && isDigit(*at)) ++at;
  }
  return at;
}

void appendJsonString(std::string& out, std::string_view value) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out.append(1, '\\').append(1, c);
    else if (byte < 0x20) out.append("\\u00").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    else out += c;
  }
  out += '"';
}

void appendJsonMember(std::string& out, std::string_view key, std::string_view value) {
  if (out.back() != '{') out += ',';
  appendJsonString(out, key);
  out += ':';
  appendJsonString(out, value);
}

namespace {

// Numbers by their text.
struct Decimals {
  bool read(std::string_view literal, double& number) {
    number = decimalToDouble(literal);
    return true;
  }
};

// Numbers by the bits that come beside the text, each of 16 digits.
struct Bits {
  std::string_view rest;

  bool read(std::string_view, double& number) {
    uint64_t bits = 0;
    for (int i = 0; i < 4; ++i) {
      const int32_t four = readHex4(rest.data(), rest.data() + rest.size());
      if (four < 0) return false;
      bits = bits << 16 | static_cast<uint64_t>(four);
      rest.remove_prefix(4);
    }
    std::memcpy(&number, &bits, sizeof number);
    return true;
  }
};

}  // namespace

template <typename Numbers>
class JsonParser {
 public:
  JsonParser(std::string_view text, Numbers numbers) : start_(text.data()), at_(start_), end_(start_ + text.size()), numbers_(numbers) {}

  Result<Json> document() {
    Json value;
    if (!read(value, 0)) return fail();
    at_ = skipJsonSpace(at_, end_);
    if (at_ != end_) return fail();
    return value;
  }

 private:
  Failure fail() const {
    const auto byte = static_cast<uint64_t>(at_ - start_);
    return error(ErrorCode::InvalidSpec, "not valid JSON at byte {}{}", byte, at_ == end_ ? " (the text ends there)" : "");
  }

  bool literal(Json& value, std::string_view word, Json::Type type) {
    if (static_cast<size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word) return false;
    value.type_ = type;
    value.text_ = word;
    at_ += word.size();
    return true;
  }

  bool string(std::string& out) {
    const char* after = readJsonString(at_ + 1, end_, out);
    if (!after) return false;
    at_ = after;
    return true;
  }

  bool read(Json& value, int depth) {
    at_ = skipJsonSpace(at_, end_);
    if (at_ >= end_ || depth > Json::kMaxDepth) return false;
    const char* from = at_;
    if (!readValue(value, depth)) return false;
    value.source_ = {from, static_cast<size_t>(at_ - from)};
    return true;
  }

  bool readValue(Json& value, int depth) {
    switch (*at_) {
      case 'n': return literal(value, "null", Json::Type::Null);
      case 't': return literal(value, "true", Json::Type::Bool);
      case 'f': return literal(value, "false", Json::Type::Bool);
      case '"':
        value.type_ = Json::Type::String;
        return string(value.string_);
      case '[':
      case '{': return readContainer(value, depth, *at_ == '{');
      default: {
        bool is_integer;
        const char* after = skipJsonNumber(at_, end_, is_integer);
        if (!after) return false;
        value.type_ = Json::Type::Number;
        value.text_ = {at_, static_cast<size_t>(after - at_)};
        if (!numbers_.read(value.text_, value.number_)) return false;
        at_ = after;
        return true;
      }
    }
  }

  bool readContainer(Json& value, int depth, bool object) {
    const char close = object ? '}' : ']';
    value.type_ = object ? Json::Type::Object : Json::Type::Array;
    at_ = skipJsonSpace(at_ + 1, end_);
    if (at_ < end_ && *at_ == close) return ++at_, true;
    while (at_ < end_) {
      if (object) {
        at_ = skipJsonSpace(at_, end_);
        if (at_ >= end_ || *at_ != '"' || !string(value.keys_.emplace_back())) return false;
        at_ = skipJsonSpace(at_, end_);
        if (at_ >= end_ || *at_ != ':') return false;
        ++at_;
      }
      if (!read(value.items_.emplace_back(), depth + 1)) return false;
      at_ = skipJsonSpace(at_, end_);
      if (at_ >= end_) return false;
      if (*at_ == close) return ++at_, true;
      if (*at_ != ',') return false;
      ++at_;
    }
    return false;
  }

  const char* start_;
  const char* at_;
  const char* end_;
  Numbers numbers_;
};

Result<Json> Json::parse(std::string_view text) { return JsonParser(text, Decimals()).document(); }

Result<Json> Json::parse(std::string_view text, std::string_view bits) { return JsonParser(text, Bits{bits}).document(); }

std::optional<int64_t> Json::integer() const {
  if (type_ != Type::Number) return std::nullopt;
  return parseInt64(text_);
}

bool Json::operator==(const Json& other) const {
  if (type_ != other.type_ || items_.size() != other.items_.size() || text_ != other.text_ || string_ != other.string_) return false;
  for (size_t i = 0; i < items_.size(); ++i)
    if (!(items_[i] == (type_ == Type::Object ? other[keys_[i]] : other.items_[i]))) return false;
  return true;
}

const Json& Json::operator[](std::string_view key) const {
  static const Json kNull;
  for (size_t i = keys_.size(); i-- > 0;)
    if (keys_[i] == key) return items_[i];
  return kNull;
}

bool Json::has(std::string_view key) const {
  for (const auto& each : keys_)
    if (each == key) return true;
  return false;
}

}  // namespace fcol
